/** A model saved and loaded is the same model; what is no model is not saved. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { dense } from '../../dist/index.js';
import { spec, train, validation } from './support-saved.js';
import { untimed, withLoaded, withModels } from './support-models.js';

const options = { epochs: 2, batchSize: 16, optimizer: 'adam' };

/** All that can be asked of a model without moving it. */
async function everythingOf(model) {
  const { step } = await model.info();
  const masks = [0, 1, 2, 3, 4, 6, 8];
  return {
    info: await model.info(),
    summary: (({ bytes, ...rest }) => rest)(await model.summary()),
    parameters: await model.parameters(),
    hash: await model.hash(),
    prediction: await model.predict(train.images),
    passes: await model.predict(train.images, { passes: 3 }),
    evaluation: await model.evaluate(validation),
    masks: await Promise.all(masks.map((layer) => model.mask(layer, { step, rows: 4 }))),
    activations: await model.activations(train.images, { layer: 4, mode: 'train', step: step + 1 }),
  };
}

for (const worker of [true, false]) {
  test(`tfjs noise.ts: every option, the seed, the position and the optimizer's state survive, worker ${worker}`, () =>
    withModels(
      spec,
      async (model) => {
        await model.fit(train, options);
        const bytes = await model.save();
        await withLoaded(
          bytes,
          async (loaded) => {
            assert.deepEqual(await everythingOf(loaded), await everythingOf(model));
            assert.deepEqual(await loaded.save(), bytes, 'and saves as the same bytes');
            const more = { ...options, epochs: 1, optimizer: { name: 'adam', learningRate: 0.01 } };
            const history = untimed(await loaded.fit(train, more));
            assert.deepEqual(history, untimed(await model.fit(train, more)));
            assert.deepEqual(await everythingOf(loaded), await everythingOf(model));
            assert.equal(history.epochs[0].epoch, 3);
          },
          { worker },
        );
      },
      { worker },
    ));
}

test('a model that was never trained is saved and loaded, too', () =>
  withModels(spec, async (model) => {
    await withLoaded(await model.save(), async (loaded) => {
      assert.deepEqual(await everythingOf(loaded), await everythingOf(model));
      await loaded.fit(train, options);
      await model.fit(train, options);
      assert.equal(await loaded.hash(), await model.hash());
    });
  }));

for (const worker of [true, false]) {
  test(`tfjs#2643, #1195: bytes in, bytes out: read and not kept, given and not moved, worker ${worker}`, () =>
    withModels(
      spec,
      async (model) => {
        const bytes = await model.save();
        const copy = bytes.slice();
        await model.fit(train, options);
        const where = { worker };
        const loadSame = async (loaded) => {
          assert.deepEqual(bytes, copy);
          const hash = await loaded.hash();
          bytes.fill(0);
          assert.equal(await loaded.hash(), hash);
        };
        await withLoaded(bytes, loadSame, where);
        const padded = new Uint8Array(copy.length + 3);
        padded.set(copy, 3);
        const saveSame = async (loaded) => assert.deepEqual(await loaded.save(), copy);
        for (const other of [copy.buffer, padded.subarray(3), Buffer.from(copy)]) {
          await withLoaded(other, saveSame, where);
        }
      },
      { worker },
    ));
}

test('save and then fit, not awaited: what is saved is the model before the fit', () =>
  withModels(
    spec,
    async (model) => {
      const hash = await model.hash();
      const saving = model.save();
      await model.fit(train, options);
      await withLoaded(await saving, async (loaded) => {
        assert.equal(await loaded.hash(), hash);
        await assert.rejects(loaded.fit(train, { resume: true }), /nothing|none/);
      });
    },
    { worker: true },
  ));

describe('weightsOnly', () => {
  test('keeps spec and weights, and begins a new life', () =>
    withModels([spec, spec], async (model, fresh) => {
      await model.fit(train, { ...options, maxSteps: 3 });
      const bytes = await model.save({ weightsOnly: true });
      await withLoaded(bytes, async (loaded) => {
        assert.equal(await loaded.hash(), await model.hash());
        assert.deepEqual(await loaded.predict(train.images), await model.predict(train.images));
        assert.deepEqual(await loaded.info(), { ...(await model.info()), step: 0, epoch: 0 });
        await fresh.setParameters(await model.parameters());
        assert.deepEqual(
          untimed(await loaded.fit(train, options)),
          untimed(await fresh.fit(train, options)),
        );
        assert.equal(await loaded.hash(), await fresh.hash());
      });
    }));

  test('has nothing to resume, and says why', () =>
    withModels(spec, async (model) => {
      await model.fit(train, { ...options, maxSteps: 3 });
      await withLoaded(await model.save({ weightsOnly: true }), (loaded) =>
        assert.rejects(loaded.fit(train, { resume: true }), {
          name: 'RangeError',
          message: /resume .* there is none: .* file of weights only/,
        }),
      );
    }));
});

test('wrong options are refused', () =>
  withModels(spec, async (model) => {
    await assert.rejects(model.save({ weightsOnly: 1 }), {
      name: 'TypeError',
      message: /weightsOnly/,
    });
    await assert.rejects(model.save({ weights: true }), {
      name: 'TypeError',
      message: /"weights"/,
    });
    await model.dispose();
    await assert.rejects(model.save(), { code: 'DISPOSED' });
  }));

const two = { layers: [dense(2)], input: 1 };
const one = { labels: Uint8Array.of(0), samples: 1, features: 1, classes: 2 };

test('weights that are not finite are not saved: no file could be read again', () =>
  withModels(two, async (model) => {
    const data = { ...one, images: Float32Array.of(3e38) };
    const options = { epochs: 9, optimizer: { name: 'sgd', learningRate: 10 } };
    await assert.rejects(
      async () => {
        for (const label of [0, 1]) {
          await model.fit({ ...data, labels: Uint8Array.of(label) }, options);
        }
      },
      { code: 'DIVERGED' },
    );
    await assert.rejects(model.save(), {
      code: 'DIVERGED',
      message: /^layers\.0\.weight: element \d is /,
    });
    assert.ok(Object.keys(await model.parameters()).length > 0, 'the model is still there');
  }));

test("Adam's squares may overflow: such a model is saved, loaded and goes on", () =>
  withModels(two, async (model) => {
    const data = { ...one, images: Float32Array.of(1e25) };
    const options = { epochs: 3, optimizer: 'adam' };
    await model.fit(data, options);
    const other = { ...data, labels: Uint8Array.of(1) };
    await model.fit(other, options);
    await withLoaded(await model.save(), async (loaded) => {
      await model.fit(other, options);
      await loaded.fit(other, options);
      assert.equal(await loaded.hash(), await model.hash());
    });
  }));
