/**
 * tfjs#558, ml5#1397, brain.js#59, synaptic#157: a training stopped at random moments and gone on with,
 * here or from saved bytes in another model, ends with the bits of one that nothing stopped.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  PauseController,
  alphaDropout,
  createModel,
  dense,
  dropout,
  gaussianDropout,
  loadModel,
} from '../../dist/index.js';
import { generator } from './support-random.js';

const ABORTS = 200;
/** ABORT_SEED=n repeats a run that failed. */
const SEED = Number(process.env.ABORT_SEED ?? 1);

const features = 48;
const makeData = (samples, isBytes) => ({
  images: isBytes
    ? Uint8Array.from({ length: samples * features }, (_, i) => (i * i) % 251)
    : Float32Array.from({ length: samples * features }, (_, i) => Math.sin(i * i)),
  labels: Uint8Array.from({ length: samples }, (_, i) => (7 * i) % 10),
  samples,
  features,
  classes: 10,
});
const [bytes, floats, validation] = [
  makeData(1500, true),
  makeData(1500, false),
  makeData(300, true),
];

/** Hidden layers by the name of what they show. */
const networks = {
  'element, train': [dense(64, { activation: 'relu' }), dropout(0.5)],
  'batch, none': [dense(64), dropout(0.5, { mask: 'batch', scaling: 'none' })],
  'element, eval, on the input': [
    dropout(0.2, { scaling: 'eval' }),
    dense(64, { activation: 'tanh' }),
  ],
  'drop connect, max norm': [dense(48, { activation: 'relu', dropConnect: 0.3, maxNorm: 1 })],
  gaussian: [dense(64, { activation: 'relu' }), gaussianDropout(0.3)],
  alpha: [dense(64, { activation: 'selu' }), alphaDropout(0.1), dense(32, { activation: 'selu' })],
};

/** What a run is made of, one of each by chance. @param {() => number} random */
function draw(random) {
  const one = (list) => list[Math.floor(list.length * random())];
  const epochs = one([3, 5, 8]);
  const rates = (rate) => Array.from({ length: epochs }, (_, i) => rate / (1 + i));
  const name = one(Object.keys(networks));
  const optimizer = one([
    { name: 'sgd', learningRate: 0.05 },
    { name: 'sgd', learningRate: rates(0.05), momentum: 0.9, nesterov: true },
    { name: 'sgd', learningRate: 0.02, momentum: Array.from({ length: epochs }, (_, i) => i / 10) },
    { name: 'adam' },
    { name: 'adam', learningRate: rates(0.002), weightDecay: 0.001 },
    { name: 'adamw', weightDecay: 0.01 },
  ]);
  const fit = {
    epochs,
    batchSize: one([8, 16, 33, 64]),
    shuffle: random() < 0.8,
    optimizer,
    ...(random() < 0.5 && { validation }),
    ...(random() < 0.3 && { trainEvaluation: 200 }),
  };
  const spec = { input: features, layers: [...networks[name], dense(10)], seed: one([0, 1, 77]) };
  const { name: by, momentum = 0 } = optimizer;
  const what = `${name}; ${by} ${momentum}; batch ${fit.batchSize}, ${epochs} epochs`;
  return { spec, fit, data: one([bytes, floats]), what };
}

const untimed = ({ epochs, steps }) => ({
  steps,
  epochs: epochs.map(({ seconds, samplesPerSecond, ...rest }) => rest),
});

/** @param {import('../../js/model.js').Model} model */
const ends = async (model, history) => ({ ...untimed(history), hash: await model.hash() });

const turns = async (count) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

test(`${ABORTS} aborts at random moments: what goes on ends like what was not stopped`, async (t) => {
  const random = generator(SEED);
  const below = (n) => Math.floor(n * random());
  const counts = {
    aborts: 0,
    runs: 0,
    'from saved bytes': 0,
    pieces: 0,
    pauses: 0,
    'in a worker': 0,
  };
  const stops = { 'before a step': 0, 'within an epoch': 0, 'between epochs': 0 };
  while (counts.aborts < ABORTS) {
    const { spec, fit, data, what } = draw(random);
    counts.runs++;
    let model = await createModel(spec, { worker: false });
    const expected = await ends(model, await model.fit(data, fit));
    await model.dispose();
    const perEpoch = Math.ceil(data.samples / fit.batchSize);

    let worker = random() < 0.5;
    model = await createModel(spec, { worker });
    let options = fit;
    let history;
    for (let round = 0; history?.steps !== expected.steps; round++) {
      const controller = new AbortController();
      const pause = new PauseController();
      const { signal } = controller;
      // After twenty rounds in peace, so that it ends.
      const isPiece = round < 20 && random() < 0.2;
      const maxSteps = isPiece ? 1 + below(2 * perEpoch) : undefined;
      const running = model.fit(data, { ...options, signal, pause, maxSteps }).then(
        (value) => ({ value }),
        (error) => ({ error }),
      );
      options = { resume: true, ...(fit.validation && { validation }) };
      if (round < 20) {
        // A turn of this thread lasts as long as a slice of the core, where that runs here too.
        await turns(below(worker ? 1500 : 4));
        if (random() < 0.2) {
          pause.pause();
          counts.pauses++;
          await turns(below(5));
          if (random() < 0.5) pause.resume();
          await turns(below(5));
        }
        controller.abort(round);
      }
      const { value, error } = await running;
      history = value;
      if (value) {
        if (value.steps !== expected.steps) counts.pieces++;
        continue;
      }
      assert.equal(error, signal.reason, `ABORT_SEED=${SEED}: ${what}: ${error}`);
      counts.aborts++;
      counts['in a worker'] += Number(worker);
      const { step } = await model.info();
      await turns(5);
      assert.equal((await model.info()).step, step, 'no step after the abort');
      stops[
        step === 0 ? 'before a step' : step % perEpoch ? 'within an epoch' : 'between epochs'
      ]++;
      if (random() < 0.5) continue;
      counts['from saved bytes']++;
      const saved = await model.save();
      await model.dispose();
      worker = random() < 0.5;
      model = await loadModel(saved, { worker });
    }
    assert.deepEqual(await ends(model, history), expected, `ABORT_SEED=${SEED}: ${what}`);
    await model.dispose();
  }
  const list = (object) =>
    Object.entries(object)
      .map(([key, n]) => `${key} ${n}`)
      .join(', ');
  t.diagnostic(`${list(counts)}; stopped ${list(stops)}`);
  assert.ok(Object.values({ ...counts, ...stops }).every((count) => count > 0));
});
