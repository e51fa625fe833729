/** Another data set in MNIST's four files: Fashion-MNIST as Debian packs it. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { createModel, loadIdx, loadMnist, variants } from '../../dist/index.js';

const FOLDER = '/usr/share/datasets/fashion-mnist'; // as in build.sh
const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** @param {import('../../js/dataset.js').Dataset} data @param {number} samples */
const first = ({ images, labels, features, classes }, samples) => ({
  images: images.subarray(0, samples * features),
  labels: labels.subarray(0, samples),
  samples,
  features,
  classes,
});

test('Fashion-MNIST loads by its folder, as a path and as an address, and trains', async () => {
  const { train, test } = await loadMnist({ base: FOLDER });
  for (const [data, samples] of [
    [train, 60_000],
    [test, 10_000],
  ]) {
    assert.deepEqual([data.samples, data.features, data.classes], [samples, 784, 10]);
    const counts = Array.from({ length: 10 }, (_, label) =>
      data.labels.reduce((sum, one) => sum + Number(one === label), 0),
    );
    assert.deepEqual(counts, Array(10).fill(samples / 10), 'its classes are equally large');
  }
  assert.deepEqual(await loadMnist({ base: pathToFileURL(FOLDER) }), { train, test });

  const model = await createModel({ ...variants.standard('relu', 0.5), seed: 1 });
  await model.fit(first(train, 2000), { epochs: 1 });
  const { accuracy } = await model.evaluate(test);
  await model.dispose();
  assert.ok(accuracy > 0.6, `an accuracy of ${accuracy}`);
});

test('a pair of its files loads by loadIdx, with the classes that its labels name', async () => {
  const { test } = await loadMnist({ base: FOLDER });
  const file = (/** @type {string} */ name) => `${FOLDER}/t10k-${name}-ubyte.gz`;
  const pair = { images: file('images-idx3'), labels: file('labels-idx1') };
  assert.deepEqual(await loadIdx(pair), test);
});

test('compare --data trains on it', async () => {
  const words = ['--train-size=1000', '--epochs=1', '--seeds=1', '--variants=standard', '--json=-'];
  const options = ['compare', `--data=${FOLDER}`, ...words];
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...options]);
  const { accuracy, trainSize } = JSON.parse(stdout);
  assert.equal(trainSize, 1000);
  assert.ok(accuracy > 0.5, `an accuracy of ${accuracy}`);
});
