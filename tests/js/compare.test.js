import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { before, test } from 'node:test';

import { DivergedError, PauseController, loadMnist, variants } from '../../dist/index.js';
import { NUMERICS, compare, createModel } from './support-build.js';
import { rowsOf } from './support-core.js';

/** Small enough for a test, large enough for several steps. */
const QUICK = { epochs: 1, seeds: [1, 2], trainSize: 320, workers: 2 };

let mnist;
let data;
let result;
let heard;
before(async () => {
  mnist = await loadMnist();
  data = { train: rowsOf(mnist.train, 0, 2000), test: rowsOf(mnist.test, 0, 500) };
  heard = { lines: [], progress: [] };
  result = await compare(['article', 'standard'], data, {
    ...QUICK,
    onRun: (line) => void heard.lines.push(line),
    onProgress: (progress) => void heard.progress.push(progress),
  });
});

test('runs come seed by seed and in it variant by variant, whichever ends first', () => {
  assert.deepEqual(
    result.runs.map(({ variant, seed }) => [variant, seed]),
    [
      ['article', 1],
      ['standard', 1],
      ['article', 2],
      ['standard', 2],
    ],
  );
});

test('a run is what createModel, fit and evaluate give by hand', async () => {
  const line = result.runs[3];
  const spec = variants.standard('intended', 0.5);
  const model = await createModel({ ...spec, seed: 2 }, { worker: false });
  const options = { epochs: 1, batchSize: 64, optimizer: { name: 'adam', learningRate: 0.001 } };
  const train = rowsOf(data.train, 0, 320);
  const history = await model.fit(train, { ...options, trainEvaluation: 320 });
  const { accuracy, macroF1, loss, ece, brier } = await model.evaluate(data.test);
  const { seconds, samplesPerSecond, ...epoch } = line.history.epochs[0];
  assert.ok(seconds > 0 && samplesPerSecond > 0 && line.secondsPerEpoch === seconds);
  const expected = {
    spec,
    variant: 'standard',
    network: 'intended',
    p: 0.5,
    seed: 2,
    epochs: 1,
    batch: 64,
    optimizer: 'adam',
    learningRate: 0.001,
    trainSize: 320,
    numerics: NUMERICS,
    accuracy,
    macroF1,
    loss,
    ece,
    brier,
    weightsHash: await model.hash(),
  };
  for (const [key, value] of Object.entries(expected)) assert.deepEqual(line[key], value, key);
  assert.equal(epoch.loss, history.epochs[0].loss);
  assert.equal(epoch.lossNoDropout, history.epochs[0].lossNoDropout);
  const labels = (await model.predict(data.test.images)).labels;
  const right = labels.filter((label, i) => label === data.test.labels[i]).length;
  assert.equal(accuracy, right / 500);
  await model.dispose();
});

test("a line's spec and options are what replays it", async () => {
  const { spec, options, seed, weightsHash } = JSON.parse(JSON.stringify(result.runs[0]));
  const model = await createModel({ ...spec, seed });
  await model.fit(rowsOf(data.train, 0, 320), options);
  assert.equal(await model.hash(), weightsHash);
  await model.dispose();
});

test('pytorch#5059, fairseq#1383: runs differ unless their seed is the same', async () => {
  const hashes = result.runs.map(({ weightsHash }) => weightsHash);
  assert.equal(new Set(hashes).size, 4);
  const again = await compare(['standard', 'article'], data, { ...QUICK, seeds: [2], workers: 1 });
  assert.deepEqual(
    again.runs.map(({ weightsHash }) => weightsHash),
    [hashes[3], hashes[2]],
  );
});

test('the summary has a mean and a paired difference for every variant and metric', () => {
  const { summary } = result;
  assert.equal(summary.length, 10);
  const [a1, s1, a2, s2] = result.runs.map(({ loss }) => loss);
  const of = (variant) => summary.find((s) => s.variant === variant && s.metric === 'loss');
  assert.ok(Math.abs(of('standard').mean - (s1 + s2) / 2) < 1e-12);
  assert.ok(Math.abs(of('standard').difference.mean - (s1 - a1 + s2 - a2) / 2) < 1e-12);
  assert.equal(of('article').difference, undefined);
  assert.equal(of('standard').n, 2);
});

test('onRun hears every line once, and its model is still there', async () => {
  assert.deepEqual(new Set(heard.lines), new Set(result.runs));
  let hash;
  const { runs } = await compare(['none'], data, {
    ...QUICK,
    seeds: [1],
    onRun: async (line, { model }) => (hash = await model.hash()),
  });
  assert.equal(hash, runs[0].weightsHash);
});

test('progress tells variant, seed, run, runs, done and the time left, up to the end', () => {
  for (const p of heard.progress) {
    assert.ok(p.run >= 1 && p.run <= 4 && p.runs === 4 && p.done >= 0 && p.done <= 4);
    assert.equal(p.variant, p.run % 2 ? 'article' : 'standard');
    assert.equal(p.seed, p.run <= 2 ? 1 : 2);
    assert.ok(p.etaMs >= 0 && p.loss > 0 && p.step <= p.steps);
  }
  const last = heard.progress.at(-1);
  assert.deepEqual([last.done, last.etaMs], [4, 0]);
});

test('completed runs are taken over and not run again', async () => {
  const lines = JSON.parse(JSON.stringify(result.runs.slice(0, 3)));
  lines[0].engine = 'another';
  const ran = [];
  const again = await compare(['article', 'standard'], data, {
    ...QUICK,
    completed: lines,
    onRun: ({ variant, seed }) => void ran.push([variant, seed]),
  });
  assert.deepEqual(ran, [['standard', 2]]);
  assert.equal(again.runs[0].engine, 'another');
  assert.deepEqual(again.summary, result.summary);
});

test('the same rows are the same data, whether cut by trainSize or before', async () => {
  const cut = { ...data, train: rowsOf(data.train, 0, 320) };
  const { runs } = await compare(['article'], cut, {
    ...QUICK,
    trainSize: undefined,
    completed: result.runs,
    onRun: () => assert.fail('nothing is left to run'),
  });
  assert.equal(runs.length, 2);
  const changed = { ...data, test: rowsOf(mnist.test, 0, 499) };
  const ran = [];
  await compare(['article'], changed, {
    ...QUICK,
    completed: result.runs,
    onRun: ({ seed }) => void ran.push(seed),
  });
  assert.deepEqual(ran.sort(), [1, 2]);
});

test('dropout.md: unscaled and test-scaled have equal weights for a seed', async () => {
  const names = ['unscaled', 'test-scaled', 'standard'];
  const { runs } = await compare(names, data, { ...QUICK, seeds: [1] });
  assert.equal(runs[0].weightsHash, runs[1].weightsHash);
  assert.notEqual(runs[0].loss, runs[1].loss);
  assert.notEqual(runs[0].weightsHash, runs[2].weightsHash);
});

test('an abort rejects with its reason, runs nothing more and leaves no listener', async () => {
  const controller = new AbortController();
  const reason = new Error('seen enough');
  let ended = 0;
  const options = { ...QUICK, signal: controller.signal, trainSize: 2000, epochs: 1000 };
  await assert.rejects(
    compare(['article', 'standard'], data, {
      ...options,
      onRun: () => void ended++,
      onProgress: () => controller.abort(reason),
    }),
    (error) => error === reason,
  );
  assert.equal(ended, 0);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  await assert.rejects(compare(['article'], data, options), (error) => error === reason);
  await assert.rejects(compare(['article'], data, { ...options, signal: AbortSignal.timeout(1) }), {
    name: 'TimeoutError',
  });
});

test('a run that diverges ends the comparison with its variant and seed', async () => {
  const optimizer = { name: 'sgd', learningRate: 1e30 };
  await assert.rejects(
    compare(['none'], data, { ...QUICK, seeds: [7], epochs: 5, optimizer }),
    (error) => {
      assert.ok(error instanceof DivergedError);
      assert.match(error.message, /^none, seed 7: /);
      return true;
    },
  );
});

test('what onRun throws ends the comparison', async () => {
  const failure = new Error('disk full');
  const onRun = () => Promise.reject(failure);
  await assert.rejects(compare(['none'], data, { ...QUICK, onRun }), (error) => error === failure);
});

test('a pause holds every run, and resuming gives the same weights', async () => {
  const pause = new PauseController();
  pause.pause();
  let held = 0;
  pause.addEventListener('held', () => {
    if (++held === QUICK.workers) queueMicrotask(() => pause.step());
  });
  const told = [];
  const { runs } = await compare(['article', 'standard'], data, {
    ...QUICK,
    pause,
    onProgress({ run, step }) {
      told.push([run, step]);
      if (told.length === 2) pause.step();
      if (told.length === 4) pause.resume();
    },
  });
  // A run that did not hold would have told its last step after the first.
  const expected = [1, 2].map((step) => [1, 2].map((run) => [run, step]));
  assert.deepEqual([told.slice(0, 2).sort(), told.slice(2, 4).sort()], expected);
  assert.deepEqual(
    runs.map(({ weightsHash }) => weightsHash),
    result.runs.map(({ weightsHash }) => weightsHash),
  );
});

test('what cannot be compared is an error before anything runs', async () => {
  const cases = [
    [[], {}, RangeError, /names/],
    ['article', {}, TypeError, /names/],
    [['article', 'article'], {}, RangeError, /repetition/],
    [['gauss'], {}, RangeError, /"gauss"/],
    [['article'], { baseline: 'none' }, RangeError, /baseline/],
    [['article'], { seeds: [] }, RangeError, /seeds/],
    [['article'], { seeds: [1, 1] }, RangeError, /repetition/],
    [['article'], { seeds: '1-5' }, TypeError, /seeds/],
    [['article'], { seeds: [0.5] }, RangeError, /seeds\[0\]/],
    [['article'], { trainSize: 2001 }, RangeError, /trainSize.*2000.*got 2001/],
    [['article'], { p: NaN }, RangeError, /p /],
    [['article'], { p: [0.1, 0.1] }, RangeError, /p .*repetition/],
    [['article'], { learningRates: [] }, RangeError, /learningRates/],
    [['article'], { schedule: 'step' }, RangeError, /schedule .*"step"/],
    [['article'], { momentum: 0.9 }, RangeError, /momentum .*'adam', got 0\.9/],
    [['article'], { weightDecay: -1 }, RangeError, /weightDecay .*got -1/],
    [['article'], { maxNorm: -1 }, RangeError, /maxNorm .*got -1/],
    [['gaussian'], { p: 1 }, RangeError, /^p .*got 1$/],
    [['article'], { network: null }, TypeError, /network/],
    [['article'], { optimizer: null }, TypeError, /optimizer/],
    [['article'], { numerics: 'exact' }, RangeError, /'strict'/],
    [['article'], { workers: 0 }, RangeError, /workers/],
    [['article'], { completed: {} }, TypeError, /completed/],
    [['article'], { onRun: 1 }, TypeError, /onRun/],
    [['article'], { variants: [] }, TypeError, /"variants"/],
  ];
  for (const [names, options, constructor, message] of cases) {
    await assert.rejects(
      compare(names, data, options),
      (error) => error.constructor === constructor && message.test(error.message),
      String(message),
    );
  }
  await assert.rejects(compare(['article'], { train: data.train }), /test must be a Dataset/);
  const narrow = { images: new Uint8Array(2), labels: new Uint8Array(1), samples: 1, features: 2 };
  await assert.rejects(
    compare(['article'], { ...data, test: { ...narrow, classes: 10 } }),
    /test\.features must be 784, got 2/,
  );
});

test('onEpoch hears every epoch with its report, and the runs are those without it', async () => {
  const options = { ...QUICK, seeds: [1], epochs: 2 };
  const heard = [];
  const told = await compare(['article'], data, { ...options, onEpoch: (e) => void heard.push(e) });
  const silent = await compare(['article'], data, options);
  assert.deepEqual(
    heard.map(({ variant, seed, run, epoch }) => [variant, seed, run, epoch]),
    [
      ['article', 1, 1, 1],
      ['article', 1, 1, 2],
    ],
  );
  const [line] = told.runs;
  assert.equal(line.weightsHash, silent.runs[0].weightsHash);
  for (const key of ['accuracy', 'macroF1', 'loss', 'ece', 'brier']) {
    assert.equal(line[key], silent.runs[0][key]);
    assert.equal(heard[1].validation[key], line[key]);
  }
  assert.equal(line.history.epochs[0].validation, undefined);
});
