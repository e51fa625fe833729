/** Masks of different places are independent: of training steps and of MC passes, for every kind. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { alphaDropout, dense, dropout, gaussianDropout } from '../../dist/index.js';
import { withModels } from './support-models.js';

/** Draws of each place. */
const UNITS = 4096;
const ROWS = 3;
const SEEDS = [0, 1, 2 ** 32];
const STEPS = [0, 1];
const SIGMAS = 5;

/** DropConnect of a layer with one input has as many weights as units. */
const connect = (p, mask) => dense(UNITS, { dropConnect: { p, mask, scaling: 'none' } });

/** Layers of UNITS draws, the first or the second that draws. */
const KINDS = {
  dropout: { layer: (p) => dropout(p, { scaling: 'none' }), rows: ROWS },
  'dropout, batch': { layer: (p) => dropout(p, { mask: 'batch', scaling: 'none' }), rows: 1 },
  alpha: { layer: (p) => alphaDropout(p), rows: ROWS },
  'DropConnect, batch': { layer: (p) => connect(p, 'batch'), rows: 1 },
  'DropConnect, element': { layer: (p) => connect(p, 'element'), rows: ROWS },
  gaussian: { layer: (p) => gaussianDropout(p), rows: ROWS },
};

/**
 * A network in which ones come into a layer of UNITS draws a row, the first that draws or the second.
 * @param {any} layer
 */
function specOf(layer, index, seed) {
  const before = index === 0 ? [] : [dropout(0.5)];
  const width = layer.type === 'dense' ? 1 : UNITS;
  const layers = [...before, dense(width), layer, dense(1)];
  return { spec: { input: 1, layers, seed }, at: before.length + 1 };
}

/** The dense layer before it gives ones whatever it sees; weights that are masked are ones. */
async function expose(model, layer) {
  const isDense = layer.type === 'dense';
  const width = isDense ? 1 : UNITS;
  await model.setParameters({
    'layers.0.weight': new Float32Array(width),
    'layers.0.bias': new Float32Array(width).fill(1),
    ...(isDense && {
      'layers.1.weight': new Float32Array(UNITS).fill(1),
      'layers.1.bias': new Float32Array(UNITS),
    }),
  });
}

/** Splits rows x UNITS into places. */
const perRow = (values, name) =>
  Array.from({ length: values.length / UNITS }, (_, r) => ({
    name: `${name}, row ${r}`,
    drawn: values.subarray(r * UNITS, (r + 1) * UNITS),
  }));

/** Training masks at every seed, index, step and row. */
async function trainingPlaces(make, rows) {
  const places = [];
  for (const seed of SEEDS) {
    for (const index of [0, 1]) {
      const { spec, at } = specOf(make(), index, seed);
      await withModels(spec, async (model) => {
        for (const step of STEPS) {
          const mask = await model.mask(at, { step, rows });
          places.push(...perRow(mask, `seed ${seed}, index ${index}, step ${step}`));
        }
      });
    }
  }
  assert.equal(places.length, SEEDS.length * 2 * STEPS.length * rows);
  return places;
}

/** What is drawn, from what a layer gave on ones: alpha gives one of two values that are not 0 and 1. */
function maskFrom(values, { type }) {
  if (type === 'gaussianDropout') return values;
  const [low, high] = [Math.min, Math.max].map((choose) => values.reduce((a, b) => choose(a, b)));
  return Uint8Array.from(values, (value) => Number(value > (low + high) / 2));
}

/** The same of MC passes: t + 1 times the mean over t + 1 passes, less the same of t, is pass t. */
async function passPlaces(make, rows) {
  const places = [];
  const images = new Float32Array(rows).fill(1);
  for (const seed of SEEDS) {
    for (const index of [0, 1]) {
      const layer = make();
      const { spec, at } = specOf(layer, index, seed);
      await withModels(spec, async (model) => {
        await expose(model, layer);
        let before = new Float64Array(rows * UNITS);
        for (const pass of STEPS) {
          const { mean } = await model.moments(images, { layer: at, passes: pass + 1 });
          const sums = Float64Array.from(mean, (value) => value * (pass + 1));
          const drawn = maskFrom(
            sums.map((sum, i) => sum - before[i]),
            layer,
          );
          places.push(...perRow(drawn, `seed ${seed}, index ${index}, pass ${pass}`));
          before = sums;
        }
      });
    }
  }
  assert.equal(places.length, SEEDS.length * 2 * STEPS.length * rows);
  return places;
}

/** Bernoulli masks agree in keep^2 + p^2 of their draws. */
function assertIndependent(places, p) {
  const agreement = (1 - p) ** 2 + p ** 2;
  const sigma = Math.sqrt((agreement * (1 - agreement)) / UNITS);
  const keptSigma = Math.sqrt((p * (1 - p)) / UNITS);
  for (const [i, one] of places.entries()) {
    const kept = one.drawn.reduce((sum, value) => sum + value, 0) / UNITS;
    assert.ok(Math.abs(kept - (1 - p)) < SIGMAS * keptSigma, `${one.name} keeps ${kept}`);
    for (const other of places.slice(i + 1)) {
      let agree = 0;
      for (let u = 0; u < UNITS; u++) agree += Number(one.drawn[u] === other.drawn[u]);
      const difference = Math.abs(agree / UNITS - agreement);
      assert.ok(difference < SIGMAS * sigma, `${one.name} and ${other.name}: ${agree / UNITS}`);
    }
  }
}

/** Normal numbers have no correlation, nor have their squares. */
function assertUncorrelated(places, p) {
  const sd = Math.sqrt(p / (1 - p));
  const standard = places.map(({ name, drawn }) => ({
    name,
    z: Float64Array.from(drawn, (factor) => (factor - 1) / sd),
    // (z^2 - 1) / sqrt(2) has mean 0 and variance 1 too.
    squares: Float64Array.from(drawn, (factor) => (((factor - 1) / sd) ** 2 - 1) / Math.SQRT2),
  }));
  const allowed = SIGMAS / Math.sqrt(UNITS);
  const product = (a, b) => a.reduce((sum, value, u) => sum + value * b[u], 0) / UNITS;
  for (const [i, one] of standard.entries()) {
    const ones = new Float64Array(UNITS).fill(1);
    assert.ok(Math.abs(product(one.z, ones)) < allowed, `mean of ${one.name}`);
    assert.ok(Math.abs(product(one.squares, ones)) < allowed, `variance of ${one.name}`);
    for (const other of standard.slice(i + 1)) {
      for (const key of ['z', 'squares']) {
        const found = product(one[key], other[key]);
        assert.ok(Math.abs(found) < allowed, `${key} of ${one.name} and ${other.name}: ${found}`);
      }
    }
  }
}

for (const [name, { layer, rows }] of Object.entries(KINDS)) {
  describe(name, () => {
    const check = name === 'gaussian' ? assertUncorrelated : assertIndependent;
    for (const p of [0.1, 0.5]) {
      test(`p ${p}: passes and steps, layers, rows and seeds, pair by pair`, async () => {
        const training = await trainingPlaces(() => layer(p), rows);
        const passes = await passPlaces(() => layer(p), rows);
        check([...passes, ...training], p);
      });
    }
  });
}
