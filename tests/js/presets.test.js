import assert from 'node:assert/strict';
import { test } from 'node:test';

import { UsageError, parseArguments } from '../../js/cli/arguments.js';
import { help } from '../../js/cli/help.js';
import { presets } from '../../js/cli/presets.js';
import { formatLink, parseLink } from '../../js/link.js';

const NAMES = ['printed', 'intended', 'relu', 'matched-rates', 'small-data', 'srivastava'];

test('the link of a preset is read as the same comparison', () => {
  assert.deepEqual(Object.keys(presets), NAMES);
  for (const name of NAMES) {
    const link = formatLink(parseArguments(['compare', '--preset', name]).settings);
    assert.equal(formatLink(parseLink(link)), link, name);
  }
});

test('presets are the experiments that they say', () => {
  const settings = (name) => parseArguments(['compare', '--preset', name]);
  const rates = (name) => settings(name).settings.optimizer;
  assert.deepEqual(rates('printed'), { name: 'sgd', learningRate: 0.01 });
  assert.equal(settings('printed').settings.network, 'printed');
  assert.deepEqual(settings('intended').settings, parseLink('v=1'));
  assert.equal(settings('relu').settings.network, 'relu');
  const matched = settings('matched-rates');
  assert.deepEqual(matched.settings.learningRates, [0.01, 0.02, 0.04]);
  assert.deepEqual(matched.settings.variants, ['standard', 'unscaled'], 'standard is the baseline');
  const small = settings('small-data').settings;
  assert.deepEqual([small.trainSize, small.epochs, small.seeds.length], [1000, 40, 10]);
  assert.deepEqual(small.optimizer, { name: 'adam', learningRate: 0.001 });
  const recipe = settings('srivastava').settings;
  assert.deepEqual(
    [recipe.network, recipe.batchSize, recipe.epochs, recipe.schedule, recipe.seeds],
    ['srivastava', 128, 40, 'cosine', [1]],
  );
});

test('options given beside a preset win, before it or after', () => {
  const words = ['compare', '--epochs', '3', '--preset', 'srivastava', '--schedule', 'constant'];
  const { settings } = parseArguments(words);
  assert.deepEqual([settings.epochs, settings.schedule, settings.batchSize], [3, 'constant', 128]);
  const { optimizer } = parseArguments([
    'compare',
    '--preset',
    'printed',
    '--optimizer',
    'adam',
  ]).settings;
  assert.deepEqual(optimizer, { name: 'adam', learningRate: 0.001 }, 'no rate of sgd stays behind');
  const other = parseArguments(['compare', '--preset', 'matched-rates', '--variants', 'article']);
  assert.deepEqual(other.settings.variants, ['article']);
});

test('help has the sentence of every preset; an unknown one is wrong usage', () => {
  for (const [name, { description }] of Object.entries(presets)) {
    assert.ok(help().includes(name.padEnd(16) + description), name);
  }
  assert.throws(() => parseArguments(['compare', '--preset', 'toString']), UsageError);
  assert.throws(() => parseArguments(['compare', '--preset', 'x']), /--preset .*'relu'.*got "x"/);
  assert.throws(() => parseArguments(['run', 'v=1', '--preset', 'relu']), /--preset is set by/);
});
