/** Calls with passes, whatever they predict: split, in a worker, aborted, beside a training, by the
 *  thousand, or wrong. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { alphaDropout, dense, dropout, gaussianDropout } from '../../dist/index.js';
import { HERE, makeData, turns, withModels } from './support-models.js';
import { ownCore } from './support-memory.js';
import { createModel } from './support-build.js';

const data = makeData({});
const { features } = data;
const layers = [
  dropout(0.1),
  dense(12, { activation: 'relu', dropConnect: { p: 0.3, mask: 'element' } }),
  gaussianDropout(0.2),
  dense(9, { activation: 'selu', dropConnect: 0.1 }),
  alphaDropout(0.2),
  dropout(0.3, { mask: 'batch' }),
  dense(4),
];
const spec = { input: features, layers, seed: 3 };
/** More rows than the core takes at once. */
const many = makeData({ samples: 300, seed: 6 });

/** What is told of each row, one part behind the other. */
function joined(parts) {
  const keys = Object.keys(parts[0]);
  return Object.fromEntries(
    keys.map((key) => {
      const all = parts.map((part) => part[key]);
      const result = new all[0].constructor(all.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const values of all) {
        result.set(values, at);
        at += values.length;
      }
      return [key, result];
    }),
  );
}

describe('a prediction with passes has the same bits', () => {
  for (const sharedMask of [false, true]) {
    test(`however its rows are split, ${sharedMask ? 'one mask' : 'a mask a row'}`, async () => {
      await withModels(spec, async (model) => {
        const options = { passes: 5, sharedMask };
        const whole = await model.predict(many.images, options);
        for (const size of [1, 2, 64, 127, 128, 129, 299]) {
          const parts = [];
          for (let firstRow = 0; firstRow < many.samples; firstRow += size) {
            const images = many.images.subarray(firstRow * features, (firstRow + size) * features);
            parts.push(await model.predict(images, { ...options, firstRow }));
          }
          assert.deepEqual(joined(parts), whole, `by ${size}`);
        }
      });
    });
  }

  test('again and again, in a worker and out of it, after a training and before it', async () => {
    const options = { passes: 5, firstRow: 7 };
    const tell = async (model) => [
      await model.predict(many.images, options),
      await model.moments(many.images, { layer: 2, ...options }),
    ];
    const found = await withModels(spec, async (model) => {
      const first = await tell(model);
      assert.deepEqual(await tell(model), first);
      const parameters = await model.parameters();
      await model.fit(data, { batchSize: 6, epochs: 2 });
      await model.setParameters(parameters);
      assert.deepEqual(await tell(model), first, 'no step, no epoch counts');
      return first;
    });
    await withModels(
      spec,
      async (model) => {
        assert.deepEqual(await tell(model), found);
        const both = await Promise.all([tell(model), tell(model)]);
        assert.deepEqual(both, [found, found], 'calls beside each other');
      },
      { worker: true },
    );
  });

  test('bytes as floats', async () => {
    const { images } = makeData({ bytes: true });
    const floats = Float32Array.from(images, (byte) => byte / 255);
    await withModels(spec, async (model) => {
      const expected = await model.predict(floats, { passes: 4 });
      assert.deepEqual(await model.predict(images, { passes: 4 }), expected);
    });
  });

  test('firstRow alone changes nothing where nothing is drawn', async () => {
    await withModels(spec, async (model) => {
      const expected = await model.predict(data.images);
      assert.deepEqual(await model.predict(data.images, { firstRow: 12 }), expected);
    });
  });

  test('a row is that of the input, a pass that of the call', async () => {
    await withModels(spec, async (model) => {
      const [early, late, more] = [
        await model.predict(data.images, { passes: 3 }),
        await model.predict(data.images, { passes: 3, firstRow: 1 }),
        await model.predict(data.images, { passes: 4 }),
      ];
      assert.notDeepEqual(early.probabilities, late.probabilities);
      assert.notDeepEqual(early.probabilities, more.probabilities);
    });
  });
});

for (const worker of [true, false]) {
  describe(worker ? 'in a worker' : 'on the calling thread', () => {
    const use = (callback) => withModels(spec, callback, { worker });
    const forever = 1e9;

    for (const [name, call] of Object.entries({
      predict: (model, signal) => model.predict(data.images, { passes: forever, signal }),
      moments: (model, signal) => model.moments(data.images, { layer: 2, passes: forever, signal }),
    })) {
      test(`${name} of endless passes is stopped by its signal, and the model goes on`, () =>
        use(async (model) => {
          const before = await model.predict(data.images, { passes: 3 });
          const reasons = [AbortSignal.abort('never begun'), AbortSignal.timeout(30)];
          for (const signal of reasons) {
            await assert.rejects(call(model, signal), (error) => error === signal.reason);
          }
          const controller = new AbortController();
          const ended = assert.rejects(call(model, controller.signal), (e) => e === 'enough');
          await turns(3);
          controller.abort('enough');
          await ended;
          assert.deepEqual(await model.predict(data.images, { passes: 3 }), before);
          await model.fit(data);
        }));

      test(`dispose ends ${name}`, () =>
        use(async (model) => {
          const ended = assert.rejects(call(model), { code: 'DISPOSED' });
          await turns(3);
          await model.dispose();
          await ended;
        }));
    }

    test('passes and moments beside a training are of the weights of one step', async () => {
      const long = makeData({ samples: 400, seed: 2 });
      const run = { batchSize: 10 };
      await withModels(
        [spec, spec],
        async (asked, stepped) => {
          const fit = asked.fit(long, run);
          const [{ probabilities }, { mean, evaluation }] = await Promise.all([
            asked.predict(data.images, { passes: 500 }),
            asked.moments(data.images, { layer: 4, passes: 500 }),
          ]);
          await fit;
          const found = [probabilities, mean, evaluation].map((values) => values.join());
          const matches = found.map(() => 0);
          for (let step = 0; step <= 40; step++) {
            const predicted = await stepped.predict(data.images, { passes: 500 });
            const moments = await stepped.moments(data.images, { layer: 4, passes: 500 });
            const wanted = [predicted.probabilities, moments.mean, moments.evaluation];
            wanted.forEach((values, i) => (matches[i] += Number(values.join() === found[i])));
            if (step < 40)
              await stepped.fit(
                long,
                step ? { resume: true, maxSteps: 1 } : { ...run, maxSteps: 1 },
              );
          }
          assert.deepEqual(matches, [1, 1, 1]);
        },
        { worker },
      );
    });

    test('passes beside a training: it ends with the same weights', async () => {
      const long = makeData({ samples: 4000, seed: 2 });
      const run = { epochs: 3, batchSize: 16 };
      await withModels(
        [spec, spec],
        async (quiet, asked) => {
          await quiet.fit(long, run);
          let isDone = false;
          const fit = asked.fit(long, run).then(() => (isDone = true));
          let answers = 0;
          while (!isDone || answers === 0) {
            const { entropy } = await asked.predict(data.images, { passes: 3 });
            assert.ok(entropy.every((value) => value >= 0 && value <= Math.log(4) + 1e-6));
            await asked.moments(data.images, { layer: 1, passes: 2 });
            answers++;
          }
          await fit;
          assert.equal(await asked.hash(), await quiet.hash());
        },
        { worker },
      );
    });
  });
}

describe('tfjs#7983: 10,000 passes leave memory flat', () => {
  for (const [name, call] of Object.entries({
    'in one call': (model) => model.predict(data.images, { passes: 10_000 }),
    'in ten thousand calls': async (model) => {
      const image = data.images.subarray(0, features);
      for (let i = 0; i < 10_000; i++) await model.predict(image, { passes: 1, firstRow: i });
    },
    'of moments': (model) => model.moments(data.images, { layer: 4, passes: 10_000 }),
  })) {
    test(name, async () => {
      const { runtime, size } = await ownCore(spec);
      const model = await createModel(spec, runtime);
      await model.predict(data.images, { passes: 2 });
      await model.moments(data.images, { layer: 4, passes: 2 });
      const [before, { bytes: held }] = [size(), await model.summary()];
      await call(model);
      assert.equal(size(), before);
      assert.equal((await model.summary()).bytes, held);
      await model.dispose();
    });
  }
});

describe('wrong calls reject with the option and the value, and leave the model as it was', () => {
  const [T, R] = ['TypeError', 'RangeError'];
  const passes = [
    [0, R, /^passes .*got 0/],
    [-3, R, /^passes .*-3/],
    [1.5, R, /^passes .*1\.5/],
    [NaN, R, /^passes .*NaN/],
    [Infinity, R, /^passes .*Infinity/],
    ['5', T, /^passes .*"5"/],
    [null, T, /^passes .*null/],
    [true, T, /^passes .*true/],
  ].map(([value, ...rest]) => [{ passes: value }, ...rest]);
  const shared = [
    ...passes,
    [{ passes: 2, sharedMask: 1 }, T, /^sharedMask .*got 1/],
    [{ passes: 2, sharedMask: null }, T, /^sharedMask .*null/],
    [{ passes: 2, firstRow: -1 }, R, /^firstRow .*-1/],
    [{ passes: 2, firstRow: 0.5 }, R, /^firstRow .*0\.5/],
    [{ passes: 2, firstRow: '1' }, T, /^firstRow .*"1"/],
    [{ passes: 2, firstRow: 2 ** 32 }, R, /^firstRow .*4294967296/],
    [{ passes: 2, signal: 5 }, T, /^signal .*5/],
    [{ passes: 2, pass: 1 }, T, /unknown key "pass"/],
  ];
  const cases = {
    predict: [...shared, [{ sharedMask: true }, undefined, /sharedMask.*passes/]],
    moments: [
      ...shared.map(([options, ...rest]) => [{ layer: 1, ...options }, ...rest]),
      [{}, T, /^layer .*undefined/],
      [{ layer: 7 }, R, /^layer .*6.*7/],
      [{ layer: -1 }, R, /^layer .*-1/],
      [{ layer: '1' }, T, /^layer .*"1"/],
      [null, T, /^options .*null/],
    ],
  };
  for (const [method, calls] of Object.entries(cases)) {
    test(method, async (t) => {
      await withModels(spec, async (model) => {
        const before = await model.predict(data.images, { passes: 2 });
        for (const [options, type, pattern] of calls) {
          await t.test(`${type} ${pattern.source}`, async () => {
            let promise;
            assert.doesNotThrow(() => (promise = model[method](data.images, options)));
            await assert.rejects(promise, { ...(type && { name: type }), message: pattern });
          });
        }
        for (const [images, type, pattern] of [
          [new Float32Array(13), R, /^images\.length .*7.*13/],
          [Float32Array.of(1, 2, NaN, 4, 5, 6, 7), R, /^images.*\[2\] .*NaN/],
          [[1, 2, 3, 4, 5, 6, 7], T, /^images /],
        ]) {
          const options = { passes: 2, ...(method === 'moments' && { layer: 1 }) };
          await assert.rejects(model[method](images, options), { name: type, message: pattern });
        }
        assert.deepEqual(await model.predict(data.images, { passes: 2 }), before);
      });
    });
  }

  test('a disposed model rejects', async () => {
    const model = await createModel(spec, HERE);
    await model.dispose();
    for (const call of [
      () => model.predict(data.images, { passes: 2 }),
      () => model.moments(data.images, { layer: 1, passes: 2 }),
    ]) {
      await assert.rejects(call(), { code: 'DISPOSED' });
    }
  });
});
