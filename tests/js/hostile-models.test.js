/** Files of models that lie: each is a FileError that names the lie, before memory is asked for. */

import { watched } from './support-allocations.js';

import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { FileError, dense } from '../../dist/index.js';
import { loadModel } from './support-build.js';
import { HERE, withLoaded, withModels } from './support-models.js';
import { entry, makeFile, takeApart, withHeader, withMetadata } from './support-safetensors.js';
import { spec, train, validation } from './support-saved.js';

/** An interrupted run, in its second epoch. */
let file;
before(() =>
  withModels(spec, async (model) => {
    const run = { epochs: 3, batchSize: 16, validation, trainEvaluation: 20, maxSteps: 14 };
    await model.fit(train, { ...run, optimizer: { name: 'adam', learningRate: [0.1, 0.01, 0.1] } });
    file = await model.save();
    await withLoaded(file, (loaded) => loaded.fit(train, { resume: true, validation })); // all is warm
  }),
);

/** @param {Uint8Array} bytes @param {RegExp} message */
async function assertRefused(bytes, message) {
  const { error, arrays, cores } = await watched(() => loadModel(bytes, HERE));
  assert.ok(error instanceof FileError, `${error?.stack}`);
  assert.equal(error.code, 'BAD_FILE');
  assert.match(error.message, message);
  assert.ok(error.message.length < 500, 'a sentence, and not the file');
  assert.ok(arrays <= 4 * bytes.length, `${arrays} bytes for a file of ${bytes.length}`);
  assert.equal(cores, 0, 'nothing for the model');
}

const meta = (change) => withHeader(file, ({ __metadata__: texts }) => void change(texts));
const inSpec = (change) => withMetadata(file, 'spec', change);
const inTraining = (change) => withMetadata(file, 'training', change);
const inRun = (change) => inTraining(({ run }) => void change(run));
const inEpoch = (change) => inRun(({ history }) => void change(history[0]));
const inReport = (change) => inEpoch(({ validation: report }) => void change(report));

/** By what is wrong: how the file becomes so, and what the error says. */
const CASES = {
  version: {
    'of a newer release': [
      () => meta((m) => (m['dropout-wasm'] = '2')),
      /file is of version 2 and dropout-wasm \d+\.\d+\.\d+ reads up to 1: a newer dropout-wasm is needed/,
    ],
    'of a far newer one': [
      () => meta((m) => (m['dropout-wasm'] = '999999999')),
      /version 999999999/,
    ],
    zero: [() => meta((m) => (m['dropout-wasm'] = '0')), /must be an integer >= 1, got "0"/],
    'no number': [
      () => meta((m) => (m['dropout-wasm'] = '1.0')),
      /must be an integer >= 1, got "1\.0"/,
    ],
    missing: [() => meta((m) => delete m['dropout-wasm']), /no spec of a dropout-wasm model/],
  },
  spec: {
    missing: [() => meta((m) => delete m.spec), /no spec of a dropout-wasm model/],
    'no JSON': [() => meta((m) => (m.spec = '{')), /the spec is not JSON/],
    'a number': [() => inSpec(() => 3), /spec must be an object, got 3/],
    null: [() => meta((m) => (m.spec = 'null')), /spec must be an object, got null/],
    'a key twice': [
      () => meta((m) => (m.spec = m.spec.replace('{', '{"input":12,'))),
      /the spec has the key "input" twice/,
    ],
    'nested without end': [
      () => meta((m) => (m.spec = '['.repeat(1e5))),
      /the spec nests more than 8 levels/,
    ],
    'an unknown key': [() => inSpec((s) => void (s.device = 'gpu')), /unknown key "device"/],
    'an unknown layer': [
      () => inSpec((s) => void (s.layers[0].type = 'conv')),
      /layers\[0\]\.type must be .*"conv"/,
    ],
    'no layers': [() => inSpec((s) => void (s.layers = [])), /layers\.length/],
    'too many layers': [
      () => inSpec((s) => void (s.layers = Array(1e5).fill(s.layers[0]))),
      /layers\.length .*1024, got 100000/,
    ],
    'layers by number': [
      () => inSpec((s) => void (s.layers = { length: 3, 0: s.layers[0] })),
      /layers must be an array/,
    ],
    'p of 2': [() => inSpec((s) => void (s.layers[0].p = 2)), /layers\[0\]\.p must be .*got 2/],
    'p that is null': [() => inSpec((s) => void (s.layers[0].p = null)), /layers\[0\]\.p .*null/],
    'p of 1e400': [
      () => meta((m) => (m.spec = m.spec.replace('"p":0.1', '"p":1e400'))),
      /layers\[0\]\.p .*Infinity/,
    ],
    'a seed of 2^53': [
      () => inSpec((s) => void (s.seed = 2 ** 53)),
      /seed must be .*9007199254740992/,
    ],
    'half a unit': [
      () => inSpec((s) => void (s.layers[1].units = 17.5)),
      /layers\[1\]\.units .*17\.5/,
    ],
    'more units than there are weights': [
      () => inSpec((s) => void (s.layers[1].units = 18)),
      /"layers\.0\.weight" must be of shape \[18, 12\], got \[17, 12\]/,
    ],
    'the largest layers there can be': [
      () =>
        inSpec((s) => {
          s.input = 65536;
          for (const layer of s.layers) if (layer.units) layer.units = 65536;
        }),
      /must be of shape \[65536, 65536\], got/,
    ],
    'layers without weights': [
      () => inSpec((s) => void s.layers.push({ ...dense(65536) })),
      /"layers\.5\.weight" must be of shape \[65536, 6\], got no such tensor/,
    ],
    'a layer less': [
      () => inSpec((s) => void s.layers.pop()),
      /tensor "layers\.4\.weight" is no part of a model/,
    ],
  },
  tensors: {
    'weights the other way round': [
      () => withHeader(file, (h) => h['layers.0.weight'].shape.reverse()),
      /must be of shape \[17, 12\], got \[12, 17\]/,
    ],
    'weights without rows': [
      () => withHeader(file, (h) => (h['layers.0.weight'].shape = [17 * 12])),
      /must be of shape \[17, 12\], got \[204\]/,
    ],
    'a tensor more': [
      () => withHeader(file, (h) => (h.extra = entry([0], 0, 0))),
      /tensor "extra" is no part/,
    ],
    'a name that differs': [
      () =>
        withHeader(file, (h) => {
          h['layers.0.Bias'] = h['layers.0.bias'];
          delete h['layers.0.bias'];
        }),
      /"layers\.0\.bias" must be of shape \[17\], got no such tensor/,
    ],
    'a weight of NaN': [
      () => {
        const copy = file.slice();
        copy.fill(255, -4);
        return copy;
      },
      /tensor "optimizer\.2\.layers\.4\.bias": element 5 is NaN/,
    ],
    'no data': [
      () => file.subarray(0, file.length - takeApart(file).data.length),
      /data_offsets must be .*0 bytes/,
    ],
  },
  'optimizer state': {
    'of another optimizer': [
      () => inTraining((t) => void (t.optimizer = 'sgd')),
      /tensor "optimizer\.2\.layers\.0\.weight" is no part/,
    ],
    'of none': [
      () => inTraining((t) => void (t.optimizer = null)),
      /optimizer must be a name after a step, got null/,
    ],
    'of one nobody knows': [
      () => inTraining((t) => void (t.optimizer = 'lion')),
      /optimizer must be .*"lion"/,
    ],
    'of a name that objects know': [
      () => inTraining((t) => void (t.optimizer = 'constructor')),
      /optimizer must be .*"constructor"/,
    ],
    'and no training': [
      () => meta((m) => delete m.training),
      /tensor "optimizer\.1\.layers\.0\.weight" is no part/,
    ],
    missing: [
      () =>
        withHeader(file, (h) => {
          h.other = h['optimizer.1.layers.0.weight'];
          delete h['optimizer.1.layers.0.weight'];
        }),
      /"optimizer\.1\.layers\.0\.weight" must be .*no such tensor/,
    ],
  },
  training: {
    'no JSON': [() => meta((m) => (m.training = 'x')), /the training is not JSON/],
    null: [() => meta((m) => (m.training = 'null')), /training must be an object, got null/],
    'an unknown key': [() => inTraining((t) => void (t.lr = 1)), /unknown key "lr"/],
    'a step of -1': [() => inTraining((t) => void (t.step = -1)), /step must be .*-1/],
    'a step of 2^32': [
      () => inTraining((t) => void (t.step = 2 ** 32)),
      /step must be .*4294967296/,
    ],
    'more updates than steps': [
      () => inTraining((t) => void (t.updates = 15)),
      /updates must be .* 14, got 15/,
    ],
    'an epoch of 1.5': [() => inTraining((t) => void (t.epoch = 1.5)), /epoch must be .*1\.5/],
    'no run': [() => inTraining((t) => void delete t.run), /run must be an object, got undefined/],
  },
  'interrupted run': {
    'a list': [() => inTraining((t) => void (t.run = [])), /run must be an object, got \[\]/],
    'a rate less than epochs': [
      () => inRun((r) => r.options.optimizer.learningRate.pop()),
      /learningRate\.length must be epochs \(3\), got 2/,
    ],
    'an optimizer of -1': [
      () => inRun((r) => (r.options.optimizer.learningRate = -1)),
      /learningRate .*-1/,
    ],
    'no optimizer': [
      () => inRun((r) => delete r.options.optimizer.name),
      /run\.options\.optimizer\.name must be there/,
    ],
    'no shuffle': [
      () => inRun((r) => delete r.options.shuffle),
      /run\.options\.shuffle must be there, got undefined/,
    ],
    'a name for an optimizer': [
      () => inRun((r) => (r.options.optimizer = 'adam')),
      /run\.options\.optimizer must be an object, got "adam"/,
    ],
    'batches of 0': [() => inRun((r) => (r.options.batchSize = 0)), /batchSize .*0/],
    'endless epochs': [() => inRun((r) => (r.options.epochs = 1e9)), /epochs must be .*1000000000/],
    'a resumed run': [() => inRun((r) => (r.options.resume = true)), /unknown key "resume"/],
    'no samples': [() => inRun((r) => (r.data.samples = 0)), /run\.data\.samples .*0/],
    'classes without end': [
      () => inRun((r) => (r.data.validation.classes = 1e6)),
      /validation\.classes .*1000000/,
    ],
    'a position between batches': [
      () => inRun((r) => (r.position = 63)),
      /run\.position must be a multiple of the batch \(16\), got 63/,
    ],
    'a position behind the epoch': [
      () => inRun((r) => (r.position = 151)),
      /run\.position must be .*150, got 151/,
    ],
    'a position before the epoch': [
      () => inRun((r) => (r.begun = false)),
      /run\.(position|epochIndex|history)/,
    ],
    'an epoch behind the last': [
      () => inRun((r) => (r.epochIndex = 3)),
      /run\.epochIndex must be .*got 3/,
    ],
    'an epoch too many': [
      () => inRun((r) => r.history.push(r.history[0])),
      /run\.history must be an array of 1 epochs/,
    ],
    'no history': [() => inRun((r) => (r.history = null)), /run\.history must be an array of 1/],
    'an infinite sum': [() => inRun((r) => (r.lossSum = '1e400')), /run\.lossSum/],
    'a text for a sum': [() => inRun((r) => (r.lossSum = '3')), /run\.lossSum .*"3"/],
    'time before time': [() => inRun((r) => (r.busyMs = -1)), /run\.busyMs .*-1/],
  },
  'epochs of its history': {
    'no report': [
      () => inEpoch((e) => delete e.validation),
      /run\.history\[0\] must be what the run's options ask for/,
    ],
    'no loss without dropout': [
      () => inEpoch((e) => delete e.lossNoDropout),
      /what the run's options ask for/,
    ],
    'a loss of null': [() => inEpoch((e) => (e.loss = null)), /run\.history\[0\]\.loss .*null/],
    'an infinite loss while training': [
      () => inEpoch((e) => (e.loss = 'Infinity')),
      /history\[0\]\.loss .*"Infinity"/,
    ],
    'a report that is a list': [
      () => inEpoch((e) => (e.validation = [])),
      /validation must be an object/,
    ],
    'a confusion of another size': [
      () => inReport((r) => r.confusion.pop()),
      /confusion\.length must be 20, got 19/,
    ],
    'a confusion by number': [
      () => inReport((r) => (r.confusion = { length: 20 })),
      /confusion must be an array/,
    ],
    'a negative count': [() => inReport((r) => (r.confusion[3] = -1)), /confusion\[3\] .*-1/],
    'bins missing': [
      () => inReport((r) => (r.reliability = [])),
      /reliability\.length must be 15, got 0/,
    ],
    'a bin that is null': [
      () => inReport((r) => (r.reliability[2] = null)),
      /reliability\[2\] must be an object/,
    ],
    'a class more': [
      () => inReport((r) => r.perClass.push(r.perClass[0])),
      /perClass\.length must be 4, got 5/,
    ],
    'a figure in words': [
      () => inReport((r) => (r.accuracy = 'good')),
      /accuracy must be a finite number, got "good"/,
    ],
    'a figure missing': [
      () => inReport((r) => delete r.ece),
      /ece must be a finite number, got undefined/,
    ],
  },
};

for (const [part, cases] of Object.entries(CASES)) {
  describe(`${part}:`, () => {
    for (const [name, [make, message]] of Object.entries(cases)) {
      test(name, () => assertRefused(make(), message));
    }
  });
}

test('specs that ask for terabytes are refused at the cost of their text', async (t) => {
  // Each header is sound, and holds tensors of no size.
  const layers = Array.from({ length: 1000 }, () => dense(65536));
  const huge = { input: 65536, layers, seed: 0 };
  const texts = { format: 'pt', 'dropout-wasm': '1', spec: JSON.stringify(huge) };
  const header = { __metadata__: texts };
  const bytes = makeFile(header);
  await assertRefused(
    bytes,
    /"layers\.0\.weight" must be of shape \[65536, 65536\], got no such tensor/,
  );
  for (const [i] of layers.entries()) {
    header[`layers.${i}.weight`] = entry([65536, 65536, 0], 0, 0);
    header[`layers.${i}.bias`] = entry([0], 0, 0);
  }
  const full = makeFile(header);
  await assertRefused(full, /must be of shape \[65536, 65536\], got \[65536, 65536, 0\]/);
  t.diagnostic(`files of ${bytes.length} and ${full.length} bytes that ask for 17 TB`);
});

test('what stands beside ours in the metadata is let be', () =>
  withLoaded(
    meta((texts) => Object.assign(texts, { author: 'someone', format: 'np' })),
    async (model) => {
      assert.deepEqual(await model.save(), file);
    },
  ));

test('the same file loads', () =>
  withLoaded(file, async (model) => assert.deepEqual(await model.save(), file)));
