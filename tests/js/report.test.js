import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  differenceSentence,
  formatDuration,
  formatMean,
  formatNumber,
  isShown,
} from '../../js/report.js';

test('numbers have three significant digits', () => {
  const cases = [
    [0.91234, '0.912'],
    [1, '1.00'],
    [99.96, '100'],
    [0.000123456, '0.000123'],
    [123456, '123000'],
    [1e-7, '1.00e−7'],
    [-0.5, '−0.500'],
    [0, '0'],
    [NaN, '–'],
    [Infinity, '∞'],
  ];
  for (const [value, text] of cases) assert.equal(formatNumber(value), text);
});

test('a mean has the decimals that its interval carries', () => {
  assert.equal(formatMean(0.912345, [0.910045, 0.914645]), '0.9123 ± 0.0023');
  assert.equal(formatMean(0.912345, [NaN, NaN]), '0.912');
  assert.equal(formatMean(1, [1, 1]), '1.00 ± 0');
});

test('an interval that holds zero is "no difference shown", and so is one that ends there', () => {
  const sentence = (mean, ...interval) => differenceSentence({ mean, interval });
  assert.equal(sentence(0.1, -0.1, 0.3), 'no difference shown: +0.100 [−0.100, +0.300]');
  assert.match(sentence(0.1, 0, 0.2), /^no difference shown/);
  assert.equal(sentence(-0.15, -0.2, -0.1), '−0.150 [−0.200, −0.100]');
  assert.equal(sentence(0.15, NaN, NaN), '+0.150, one seed: no interval');
  assert.equal(isShown({ mean: 1, interval: [NaN, NaN] }), undefined);
});

test('durations read as people say them', () => {
  assert.deepEqual([499, 8000, 200_000, 3_900_000].map(formatDuration), [
    '0 s',
    '8 s',
    '3 min 20 s',
    '1 h 5 min',
  ]);
});
