/** Reports of given logits: an identity network hands them through. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { dense } from '../../dist/index.js';
import { assertClose, withModels } from './support-models.js';
import { softmax } from './reference.js';

const { cases } = JSON.parse(
  readFileSync(new URL('../fixtures/reports.json', import.meta.url), 'utf8'),
);

/** Tolerances: tests/fixtures/README.md. */
const LOSS = 1e-6;
const OTHERS = 1e-6;

/** @param {number} units */
async function withIdentity(units, use, runtime) {
  const spec = { input: units, layers: [dense(units)] };
  await withModels(
    spec,
    async (model) => {
      await model.setParameters({
        'layers.0.weight': Float32Array.from({ length: units * units }, (_, i) =>
          Number(i % (units + 1) === 0),
        ),
        'layers.0.bias': new Float32Array(units),
      });
      await use(model);
    },
    runtime,
  );
}

/** What is a list of numbers, or a list of objects of numbers, as one list. */
const flat = (list) => Array.from(list).flatMap((one) => Object.values(one));

function assertReport(report, expected) {
  const keys = ['samples', 'loss', 'accuracy', 'macroF1', 'ece', 'brier'];
  const lists = ['perClass', 'confusion', 'reliability'];
  assert.deepEqual(Object.keys(report).sort(), [...keys, ...lists].sort());
  assert.equal(report.samples, expected.samples);
  assertClose([report.loss / expected.loss], [1], LOSS, 'loss, relative');
  for (const key of ['accuracy', 'macroF1', 'ece', 'brier']) {
    assertClose([report[key]], [expected[key]], OTHERS, key);
  }
  assert.ok(report.confusion instanceof Uint32Array);
  assert.deepEqual([...report.confusion], expected.confusion);
  for (const [key, exact] of [
    ['perClass', 'support'],
    ['reliability', 'count'],
  ]) {
    assert.deepEqual(
      report[key].map((one) => one[exact]),
      expected[key].map((one) => one[exact]),
    );
    assert.deepEqual(Object.keys(report[key][0]), Object.keys(expected[key][0]));
    assertClose(flat(report[key]), flat(expected[key]), OTHERS, key);
  }
}

describe('reports agree with those computed in float64 from PyTorch', () => {
  assert.equal(cases.length, 6);
  for (const { name, rows, units, classes, logits, labels, expected } of cases) {
    const images = Float32Array.from(logits.flat());
    const data = { images, labels: Uint8Array.from(labels), samples: rows, features: units };

    test(`${name}: evaluate`, async () => {
      await withIdentity(units, async (model) => {
        assertReport(await model.evaluate({ ...data, classes }), expected);
      });
    });

    test(`${name}: a tie of predict's labels goes to the lowest index`, async () => {
      await withIdentity(units, async (model) => {
        const predicted = await model.predict(images);
        assert.ok(predicted.labels instanceof Uint16Array);
        assert.ok(predicted.probabilities instanceof Float32Array);
        const argmax = Array.from({ length: rows }, (_, r) => {
          const row = images.subarray(r * units, (r + 1) * units);
          return row.indexOf(Math.max(...row));
        });
        assert.deepEqual([...predicted.labels], argmax);
        assertClose(predicted.probabilities, softmax(images, units), OTHERS, 'probabilities');
      });
    });
  }

  test('in a worker, and with 16-bit labels', async () => {
    const { rows, units, classes, logits, labels, expected } = cases[0];
    const images = Float32Array.from(logits.flat());
    const data = { images, labels: Uint16Array.from(labels), samples: rows, features: units };
    await withIdentity(
      units,
      async (model) => assertReport(await model.evaluate({ ...data, classes }), expected),
      { worker: true },
    );
  });
});
