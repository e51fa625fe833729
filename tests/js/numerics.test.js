/** numerics 'fast': the build that the engine can run, near the strict one, with the same draws. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';

import { candidates } from '../../js/core/variants.js';
import { EngineError, createModel, dense, dropout, dropoutMask } from '../../dist/index.js';
import { HERE, makeData, withModels } from './support-models.js';

const data = makeData({ samples: 640, features: 40, classes: 5, seed: 3 });
const spec = {
  input: 40,
  layers: [
    dense(50, { activation: 'relu', dropConnect: 0.3 }),
    dropout(0.5, { mask: 'batch' }),
    dense(33, { activation: 'tanh' }),
    dropout(0.4),
    dense(5),
  ],
  seed: 9,
};

/** @param {boolean} relaxed whether the engine says that it has relaxed SIMD */
function withEngine(relaxed, use) {
  const { validate } = WebAssembly;
  WebAssembly.validate = () => relaxed;
  try {
    return use();
  } finally {
    WebAssembly.validate = validate;
  }
}

const read = (variant) =>
  readFile(new URL(`../../dist/wasm/dropout-${variant}.wasm`, import.meta.url));

/** Where these bytes stand. @param {Uint8Array} bytes @param {number[]} wanted */
const places = (bytes, wanted) =>
  [...bytes.keys()].filter((at) => wanted.every((byte, i) => bytes[at + i] === byte));

test('multiply and add are one instruction in the relaxed build, and never in the plain one', async () => {
  const relaxedMadd = [0xfd, 0x85, 0x02];
  assert.equal(places(await read('simd'), relaxedMadd).length, 0);
  // The tile has 8 sums, a row of it 4, each with its rows listed and not; the lists' kernels 8.
  assert.ok(places(await read('relaxed'), relaxedMadd).length >= 2 * (8 + 4) + 8);
});

describe('onnxruntime#24292, wasm-feature-detect#75: feature probes are wrong both ways', () => {
  test("'fast' tries the relaxed build only where its instruction validates", () => {
    withEngine(true, () => assert.deepEqual(candidates('fast'), ['relaxed', 'simd']));
    withEngine(false, () => assert.deepEqual(candidates('fast'), ['simd']));
  });

  test("'strict' never does", () => {
    withEngine(true, () => assert.deepEqual(candidates('strict'), ['simd']));
  });

  test('a relaxed build that cannot start gives way to the plain one', async () => {
    // Validation says yes for everything, so that an engine without relaxed SIMD comes as far as
    // compiling it; one that has it runs it.
    const { validate } = WebAssembly;
    const hasRelaxed = candidates('fast')[0] === 'relaxed';
    WebAssembly.validate = () => true;
    try {
      const model = await createModel(spec, { numerics: 'fast', worker: false });
      const { variant, numerics } = await model.info();
      assert.equal(numerics, 'fast');
      assert.equal(variant, hasRelaxed ? 'relaxed' : 'simd');
      await model.dispose();
    } finally {
      WebAssembly.validate = validate;
    }
  });

  test('a core that computes wrongly is found out before it trains', async () => {
    // f32x4.add becomes f32x4.sub: the module is valid, and wrong.
    const wrong = Uint8Array.from(await read('simd'));
    const additions = places(wrong, [0xfd, 0xe4, 0x01]);
    for (const at of additions) wrong[at + 1] = 0xe5;
    assert.ok(additions.length > 0);
    for (const worker of [true, false]) {
      await assert.rejects(createModel(spec, { wasm: wrong, worker }), (error) => {
        assert.ok(error instanceof EngineError, String(error));
        assert.match(error.message, /computes/);
        return true;
      });
    }
  });
});

test("'fast' ends near 'strict', with the same initial weights, order and masks", () => {
  const use = async (strict) => {
    const fast = await createModel(spec, { numerics: 'fast' });
    try {
      assert.equal(await fast.hash(), await strict.hash(), 'initial weights');
      assert.deepEqual(await fast.mask(3, { rows: 64 }), await strict.mask(3, { rows: 64 }));
      const options = { epochs: 2, optimizer: { name: 'sgd', learningRate: 0.05 } };
      const [a, b] = [await strict.fit(data, options), await fast.fit(data, options)];
      for (let epoch = 0; epoch < 2; epoch++) {
        assert.ok(Math.abs(a.epochs[epoch].loss - b.epochs[epoch].loss) < 1e-4);
      }
    } finally {
      await fast.dispose();
    }
  };
  return withModels(spec, use, { ...HERE, numerics: 'strict' });
});

test('masks are those of dropoutMask for any numerics', async () => {
  const expected = await dropoutMask(0.5, [3, 7], { seed: 9 });
  const model = await createModel(
    { input: 7, layers: [dropout(0.5), dense(2)], seed: 9 },
    { numerics: 'fast', worker: false },
  );
  assert.deepEqual(await model.mask(0, { rows: 3 }), expected);
  await model.dispose();
});
