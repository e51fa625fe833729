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
      baseline: 'standard',
    },
    workers: 2,
    data: 'some/where',
    json: 'out.jsonl',
  });
});

test('a baseline beside a link takes the place of the one in it', () => {
  const link = '#v=1&variants=none,standard,unscaled&baseline=standard';
  const of = (...words) => parseArguments(['run', link, ...words]).settings;
  assert.deepEqual(of(), parseLink(link));
  assert.deepEqual(of('--baseline', 'unscaled'), { ...parseLink(link), baseline: 'unscaled' });
  assert.throws(() => of('--baseline', 'article'), /--baseline must be .*"article"/);
});

test('a grid, and what else has a default, reach the comparison', () => {
  const words =
    'compare --p 0.2,0.5 --learning-rate 0.01,0.02 --schedule cosine --momentum 0.9' +
    ' --weight-decay 1e-4 --max-norm 3 --optimizer sgd';
  const { settings } = parseArguments([
    ...words.split(' '),
    '--baseline',
    'article p 0.5 rate 0.02',
  ]);
  assert.equal(settings.baseline, 'article p 0.5 rate 0.02');
  const { p, optimizer, learningRates, schedule, momentum, weightDecay, maxNorm } = settings;
  assert.deepEqual(
    { p, optimizer, learningRates, schedule, momentum, weightDecay, maxNorm },
    {
      p: [0.2, 0.5],
      optimizer: { name: 'sgd' },
      learningRates: [0.01, 0.02],
      schedule: 'cosine',
      momentum: 0.9,
      weightDecay: 1e-4,
      maxNorm: 3,
    },
  );
});

test('run takes an address or its fragment', () => {
  const link = 'http://localhost:8080/#v=1&network=relu&seeds=3';
  const { command, settings, json } = parseArguments(['run', link, '--json', '-']);
  assert.equal(command, 'run');
  assert.equal(json, '-');
  assert.deepEqual(settings, parseLink('v=1&network=relu&seeds=3'));
});

test('train is one run of a comparison, with its options and its defaults', () => {
  const words =
    'train --network relu --variant standard --p 0.2 --epochs 3 --seed 9 --batch 32 --optimizer sgd' +
    ' --learning-rate 0.05 --schedule linear --momentum 0.9 --train-size 1000 --max-norm 3';
  const { command, settings, ...rest } = parseArguments([
    ...words.split(' '),
    ...['--data', 'some/where', '--save', 'model.safetensors'],
  ]);
  assert.equal(command, 'train');
  assert.deepEqual(rest, {
    data: 'some/where',
    json: undefined,
    save: 'model.safetensors',
  });
  const same = words
    .replace('train', 'compare')
    .replace('variant', 'variants')
    .replace('seed', 'seeds');
  assert.deepEqual(settings, parseArguments(same.split(' ')).settings);
  const plain = parseArguments(['train']);
  const expected = parseArguments(['compare', '--variants', 'article', '--seeds', '1']);
  assert.deepEqual(plain.settings, expected.settings);
});

test('evaluate takes a file, the data and the numerics', () => {
  assert.deepEqual(parseArguments(['evaluate', 'a.safetensors']), {
    command: 'evaluate',
    file: 'a.safetensors',
    numerics: 'strict',
    data: undefined,
  });
  const words = ['evaluate', 'a', '--numerics', 'fast', '--data', 'b'];
  const { numerics, data } = parseArguments(words);
  assert.deepEqual({ numerics, data }, { numerics: 'fast', data: 'b' });
});

test('wrong usage is one sentence that names the option and the value', () => {
  const cases = [
    ['', /a command is missing/],
    ['fit', /unknown command "fit": compare, run, train or evaluate/],
    ['compare --variant a', /unknown option '--variant' for compare/],
    ['compare --save a', /unknown option '--save' for compare/],
    ['run v=1&p=0.2 --seed 1', /unknown option '--seed' for run/],
    ['train --variants article', /unknown option '--variants' for train/],
    ['train --seeds 1', /unknown option '--seeds' for train/],
    ['train --workers 2', /unknown option '--workers' for train/],
    ['train --variant foo', /--variant must be .*"foo"/],
    ['train --variant article,none', /--variant must be .*"article,none"/],
    ['train --seed 1-2', /--seed must be a number, got "1-2"/],
    ['train --seed -1', /--seed must be an integer from 0 .*got -1/],
    ['train --seed 0.5', /--seed must be an integer .*got 0\.5/],
    ['train --p 0.1,0.2', /--p must be one number, got "0\.1,0\.2"/],
    ['train --learning-rate 0.1,0.2', /--learning-rate must be one number, got "0\.1,0\.2"/],
    ['train --save=', /--save is empty/],
    ['train --save a --save b', /--save is given twice/],
    ['train model', /unexpected argument "model"/],
    ['evaluate', /evaluate needs the file of a model/],
    ['evaluate a b', /unexpected argument "b"/],
    ['evaluate a --p 0.5', /unknown option '--p' for evaluate/],
    ['evaluate a --numerics exact', /--numerics must be 'strict' or 'fast', got "exact"/],
    ['evaluate a --data=', /--data is empty/],
    ['compare --variants article,foo', /--variants .*"foo"/],
    ['compare --p 1.5', /--p must be .* from 0 to 1, got 1\.5/],
    ['compare --p x', /--p must be a number, got "x"/],
    ['compare --p', /--p/],
    ['compare --seeds 5-1', /--seeds/],
    ['compare --numerics exact', /--numerics must be 'strict' or 'fast', got "exact"/],
    ['compare --baseline none', /--baseline must be 'article' or 'article-scaled', got "none"/],
    ['compare --workers 0', /--workers/],
    ['compare --workers many', /--workers must be a number, got "many"/],
    ['compare --workers 0x2', /--workers must be a number, got "0x2"/],
    ['compare --p -0.1', /--p must be .* from 0 to 1, got -0\.1/],
    ['compare --p -.1', /--p must be .* from 0 to 1, got -0\.1/],
    ['compare --learning-rate -1', /--learning-rate must be .*got -1/],
    ['compare --p 0.1 --p 0.2', /--p is given twice/],
    ['compare --p 0.1 --epochs 3 --p=0.1', /--p is given twice/],
    ['compare --json a --json b', /--json is given twice/],
    ['compare --p 0.1,', /--p must be a number, got ""/],
    ['compare --p 0.1,0.1', /--p must be without repetition/],
    ['compare --p 0.1,2', /--p must be .* from 0 to 1, got 2/],
    ['compare --learning-rate 0.1,x', /--learning-rate must be a number, got "x"/],
    ['compare --momentum 2 --optimizer sgd', /--momentum .*got 2/],
    ['compare --momentum 0.9', /momentum has no effect with 'adam', got 0\.9/],
    ['compare --weight-decay -1', /--weight-decay .*got -1/],
    ['compare --max-norm 0', /--max-norm must be .*got 0/],
    ['compare --max-norm x', /--max-norm must be a number, got "x"/],
    ['compare --schedule step', /--schedule must be 'constant' or .*got "step"/],
    ['compare --optimizer rmsprop', /--optimizer must be 'sgd' or 'adam' or 'adamw'/],
    ['compare --variants gaussian --p 1', /p must be .*got 1/],
    [
      'compare --learning-rate 0.1,0.2 --baseline article_rate_0.3',
      /--baseline must be 'article' or 'article rate 0\.1' or/,
    ],
    ['compare --json=', /--json is empty/],
    ['compare extra', /unexpected argument "extra"/],
    ['run', /run needs the link/],
    ['run http://127.0.0.1:8080/#v=1', /nothing but v, got .*in quotes\?/],
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
