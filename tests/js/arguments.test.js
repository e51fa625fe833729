import assert from 'node:assert/strict';
import { test } from 'node:test';

import { UsageError, parseArguments } from '../../js/cli/arguments.js';
import { help } from '../../js/cli/help.js';
import { parseLink } from '../../js/link.js';

test('compare without options is the default comparison of the page', () => {
  const { command, settings } = parseArguments(['compare']);
  assert.equal(command, 'compare');
  assert.deepEqual(settings, parseLink('v=1'));
});

test('every option reaches the comparison', () => {
  const words =
    'compare --network relu --variants none,standard --p=0.2 --epochs 3 --seeds 1-2,9 --batch 32' +
    ' --optimizer sgd --learning-rate 0.05 --train-size 1000 --numerics strict' +
    ' --workers 2 --data some/where --baseline standard --json out.jsonl';
  assert.deepEqual(parseArguments(words.split(' ')), {
    command: 'compare',
    settings: {
      variants: ['none', 'standard'],
      network: 'relu',
      p: 0.2,
      epochs: 3,
      seeds: [1, 2, 9],
      batchSize: 32,
      optimizer: { name: 'sgd', learningRate: 0.05 },
      trainSize: 1000,
      numerics: 'strict',
    },
    workers: 2,
    data: 'some/where',
    baseline: 'standard',
    json: 'out.jsonl',
  });
});

test('run takes an address or its fragment', () => {
  const link = 'http://localhost:8080/#v=1&network=relu&seeds=3';
  const { command, settings, json } = parseArguments(['run', link, '--json', '-']);
  assert.equal(command, 'run');
  assert.equal(json, '-');
  assert.deepEqual(settings, parseLink('v=1&network=relu&seeds=3'));
});

test('wrong usage is one sentence that names the option and the value', () => {
  const cases = [
    ['', /a command is missing/],
    ['train', /unknown command "train"/],
    ['compare --variant a', /unknown option '--variant'/],
    ['compare --variants article,foo', /--variants .*"foo"/],
    ['compare --p 1.5', /--p must be .* from 0 to 1, got 1\.5/],
    ['compare --p x', /--p must be a number, got "x"/],
    ['compare --p', /--p/],
    ['compare --seeds 5-1', /--seeds/],
    ['compare --numerics exact', /--numerics must be 'strict' or 'fast', got "exact"/],
    ['compare --baseline none', /--baseline must be 'article' or 'article-scaled', got "none"/],
    ['compare --workers 0', /--workers/],
    ['compare --workers many', /--workers .*NaN/],
    ['compare --json=', /--json is empty/],
    ['compare extra', /unexpected argument "extra"/],
    ['run', /run needs the link/],
    ['run v=1 network=relu', /unexpected argument "network=relu"; is the link in quotes\?/],
    ['run v=1&foo=1', /unknown key "foo"/],
    ['run v=1 --p 0.5', /--p is set by the link/],
  ];
  for (const [words, message] of cases) {
    assert.throws(
      () => parseArguments(words === '' ? [] : words.split(' ')),
      (error) => {
        assert.ok(error instanceof UsageError, `${words}: ${error}`);
        assert.match(error.message, message);
        assert.ok(!error.message.includes('\n'));
        return true;
      },
    );
  }
});

test('help and version are answered whatever else is said', () => {
  assert.deepEqual(parseArguments(['--help']), { command: 'help' });
  assert.deepEqual(parseArguments(['compare', '-h']), { command: 'help' });
  assert.deepEqual(parseArguments(['--version']), { command: 'version' });
});

test('help lists every option with its default', () => {
  const text = help();
  for (const words of ['--seeds 1-5', '(1-5)', '(article,article-scaled)', '--json FILE|-']) {
    assert.ok(text.includes(words), words);
  }
});
