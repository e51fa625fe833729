/** Diagrams of several runs, taken together. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { poolBins } from '../../web/bins.js';

const BINS = 15;

/** One diagram, straight from its images. @param {{ confidence: number, right: boolean }[]} images */
function binsOf(images) {
  return Array.from({ length: BINS }, (_, k) => {
    const inside = images.filter(({ confidence }) => Math.ceil(confidence * BINS) - 1 === k);
    const count = inside.length;
    const sum = (/** @type {(image: { confidence: number, right: boolean }) => number} */ of) =>
      inside.reduce((total, image) => total + of(image), 0);
    return {
      count,
      confidence: count && sum(({ confidence }) => confidence) / count,
      accuracy: count && sum(({ right }) => Number(right)) / count,
    };
  });
}

test('pooled bins are those of all images at once, runs of different sizes and empty bins too', () => {
  const images = Array.from({ length: 997 }, (_, i) => ({
    confidence: 0.1 + 0.9 * ((i * 0.618033988749895) % 1),
    right: (i * i) % 7 < 4,
  }));
  const pooled = poolBins(
    [images.slice(0, 100), images.slice(100, 101), images.slice(101)].map(binsOf),
  );
  const whole = binsOf(images);
  assert.equal(whole[0].count, 0, 'no bin is empty');
  for (const [k, { count, confidence, accuracy }] of pooled.entries()) {
    assert.equal(count, whole[k].count);
    assert.ok(Math.abs(confidence - whole[k].confidence) < 1e-12, `confidence of bin ${k}`);
    assert.ok(Math.abs(accuracy - whole[k].accuracy) < 1e-12, `accuracy of bin ${k}`);
  }
});

test('of no report there is no bin', () => {
  assert.deepEqual(poolBins([]), []);
});
