/** Files between the library and PyTorch, by a reader and a writer that know the format alone. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { dense, dropout, loadMnist, parseSafetensors } from '../../dist/index.js';
import { loadModel } from './support-build.js';
import { HERE, withLoaded, withModels } from './support-models.js';

/** Debian's own Python: another one does not see Debian's packages. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('../fixtures/pytorch_user.py', import.meta.url));
/** Between float32 sums in other orders; of the greatest absolute logit. */
const TOLERANCE = 1e-5;
const SIZES = [784, 128, 64, 10];
const LAST = 4;
const spec = {
  input: SIZES[0],
  layers: [
    dense(SIZES[1], { activation: 'relu' }),
    dropout(0.2),
    dense(SIZES[2], { activation: 'relu' }),
    dropout(0.5),
    dense(SIZES[3]),
  ],
  seed: 3,
};
const NAMES = [0, 1, 2].flatMap((i) => [`layers.${i}.weight`, `layers.${i}.bias`]);

let folder;
let train;
let images;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pytorch-'));
  const data = await loadMnist();
  train = data.train;
  images = Float32Array.from(data.test.images, (byte) => byte / 255);
  await writeFile(join(folder, 'inputs'), new Uint8Array(images.buffer));
});
after(() => rm(folder, { recursive: true }));

/** @param {'load' | 'save'} command @param {string} file */
async function python(command, file) {
  const outputs = join(folder, 'outputs');
  const words = [command, file, join(folder, 'inputs'), outputs, String(SIZES)];
  const { stdout } = await promisify(execFile)(PYTHON, [SCRIPT, ...words]);
  const logits = new Float32Array(new Uint8Array(await readFile(outputs)).buffer);
  return { logits, ...JSON.parse(stdout) };
}

/** @param {import('node:test').TestContext} t */
async function assertLogits(t, model, found) {
  const logits = await model.activations(images, { layer: LAST });
  assert.equal(logits.length, (images.length / SIZES[0]) * SIZES.at(-1));
  assert.equal(found.logits.length, logits.length);
  let [gap, size] = [0, 0];
  for (let i = 0; i < logits.length; i++) {
    gap = Math.max(gap, Math.abs(logits[i] - found.logits[i]));
    size = Math.max(size, Math.abs(logits[i]));
  }
  const rows = images.length / SIZES[0];
  t.diagnostic(`torch ${found.torch}: ${rows} images, greatest gap ${gap} of ${size}`);
  assert.ok(size > 1, 'logits of a trained network');
  assert.ok(gap <= TOLERANCE * size, `${gap} of ${size}`);
}

describe('tfjs-core#379, pytorch#41164: weights go on in PyTorch, load_state_dict(strict=True)', () => {
  for (const weightsOnly of [true, false]) {
    test(`weightsOnly ${weightsOnly}: names, order [out, in] and logits are PyTorch's`, (t) =>
      withModels(spec, async (model) => {
        await model.fit(train, { maxSteps: 100 });
        const file = join(folder, 'model.safetensors');
        await writeFile(file, await model.save({ weightsOnly }));
        const found = await python('load', file);
        assert.deepEqual(found.pytorchOrder, NAMES);
        const state = [1, 2].flatMap((slot) => NAMES.map((name) => `optimizer.${slot}.${name}`));
        assert.deepEqual(found.names, weightsOnly ? NAMES : [...NAMES, ...state]);
        assert.deepEqual(found.refused, weightsOnly ? [] : state, 'what layers. leaves out');
        assert.ok(found.aligned, 'safetensors#231, PR#235: no tensor is misaligned');
        await assertLogits(t, model, found);
      }));
  }
});

test('safetensors#231, PR#235: 8 + the length of the header is a multiple of 8, whatever its text', async () => {
  for (const units of [1, 12, 123, 1234]) {
    await withModels({ input: 3, layers: [dense(units)] }, async (model) => {
      for (const options of [{}, { weightsOnly: true }]) {
        const bytes = await model.save(options);
        const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
        assert.equal((8 + length) % 8, 0);
        const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
        assert.match(text, /^\{"__metadata__".*\} *$/);
      }
    });
  }
});

test('weights that PyTorch saved: parseSafetensors gives setParameters what it takes', async (t) => {
  const file = join(folder, 'theirs.safetensors');
  const found = await python('save', file);
  const bytes = new Uint8Array(await readFile(file));
  await withModels(spec, async (model) => {
    const tensors = await parseSafetensors(bytes);
    assert.deepEqual(Object.keys(tensors), NAMES);
    await model.setParameters(tensors);
    assert.deepEqual(await model.parameters(), tensors);
    const logits = await model.activations(images, { layer: LAST });
    const gaps = logits.map((value, i) => Math.abs(value - found.logits[i]));
    const size = Math.max(...found.logits.map(Math.abs));
    t.diagnostic(`greatest gap ${Math.max(...gaps)} of ${size}`);
    assert.ok(Math.max(...gaps) <= TOLERANCE * size);
    // And a file of it is a model again.
    const saved = await model.save({ weightsOnly: true });
    await withLoaded(saved, async (loaded) =>
      assert.equal(await loaded.hash(), await model.hash()),
    );
  });
  await assert.rejects(loadModel(bytes, HERE), {
    code: 'BAD_FILE',
    message: /no spec of a dropout-wasm model.*parseSafetensors\(bytes\).*setParameters\(\)/,
  });
});
