import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hashTable, summaryTables } from '../../js/cli/tables.js';
import { METRICS, summarize } from '../../js/statistics.js';

/** Seeds 1 to 3; `step` is what a run is above the first in every metric. */
const runs = [
  ['none', 0.2, 0.01, [0, 0, 0]],
  ['none', 0.2, 0.02, [0.1, -0.1, 0]],
  ['unscaled', 0.2, 0.01, [0.1, 0.11, 0.1]],
  ['unscaled', 0.2, 0.02, [0, 0, 0]],
  ['unscaled', 0.5, 0.01, [0.2, -0.3, 0]],
  ['unscaled', 0.5, 0.02, [-0.2, -0.2, -0.21]],
].flatMap(([variant, p, learningRate, steps]) =>
  steps.map((step, i) => ({
    variant,
    p,
    learningRate,
    seed: i + 1,
    ...Object.fromEntries(METRICS.map((metric) => [metric, 0.5 + step])),
    weightsHash: `${variant}${p}${learningRate}${i}`,
  })),
);

test('every cell but the baseline has a sentence, which says where no difference is shown', () => {
  const text = summaryTables(summarize(runs, 'none'), 'none');
  assert.match(text, /^Minus none rate 0\.01, seed by seed$/m);
  const shown = {
    'none rate 0.02': false,
    'unscaled p 0.2 rate 0.01': true,
    'unscaled p 0.2 rate 0.02': false,
    'unscaled p 0.5 rate 0.01': false,
    'unscaled p 0.5 rate 0.02': true,
  };
  const [, differences] = text.split('Minus');
  const lines = differences.split('\n');
  for (const [name, isShown] of Object.entries(shown)) {
    const at = lines.findIndex((line) => line.startsWith(`${name}  `));
    assert.ok(at > 0, name);
    for (const line of lines.slice(at, at + METRICS.length)) {
      assert.equal(/no difference shown: /.test(line), !isShown, line);
      assert.match(line, /\[[^\]]+\]$/, 'the interval stands beside it');
    }
  }
  assert.ok(!lines.some((line) => line.startsWith('none rate 0.01')));
});

test('a baseline may be a cell; hashes are named by cell', () => {
  const text = summaryTables(
    summarize(runs, 'unscaled p 0.5 rate 0.02'),
    'unscaled p 0.5 rate 0.02',
  );
  assert.match(text, /^Minus unscaled p 0\.5 rate 0\.02, seed by seed$/m);
  assert.match(hashTable(runs), /^unscaled p 0\.5 rate 0\.02 +3 .* unscaled0\.50\.022$/m);
});
