import assert from 'node:assert/strict';
import { test } from 'node:test';

import { COMPARISON_DEFAULTS, COMPARISON_LIMITS } from '../../js/comparison/defaults.js';
import { PauseController } from '../../js/pause.js';
import {
  DEFAULTS,
  LIMITS,
  checkInteger,
  checkKeys,
  checkNumber,
  checkOneOf,
  checkProbability,
  checkSignal,
  resolveFit,
  resolveRuntime,
  resolveSeed,
  show,
} from '../../js/options.js';

test('values in messages can be told apart: 0.5 from "0.5", 0 from -0, null from "null"', () => {
  const values = [0.5, '0.5', 0, -0, null, 'null', undefined, NaN, Infinity, 1n, true, [1], ['1']];
  assert.equal(new Set(values.map(show)).size, values.length);
  assert.equal(show('0.5'), '"0.5"');
  assert.equal(show(-0), '-0');
  assert.equal(show(new Float32Array(3)), 'Float32Array(3)');
  const circle = [];
  circle.push(circle);
  assert.equal(show(circle), '[Array(1)]');
  assert.ok(show('x'.repeat(1e6)).length < 80);
});

test('a wrong type is a TypeError, a value out of range a RangeError, both with name and value', () => {
  const cases = [
    [() => checkNumber('1', 'rate'), TypeError, /rate .*"1"/],
    [() => checkNumber(NaN, 'rate'), RangeError, /rate .*NaN/],
    [() => checkNumber(Infinity, 'rate'), RangeError, /rate .*Infinity/],
    [() => checkNumber(null, 'rate'), TypeError, /rate .*null/],
    [
      () => checkInteger(1.5, 'units', { min: 1 }),
      RangeError,
      /units must be an integer >= 1.*1\.5/,
    ],
    [() => checkInteger(10n, 'units'), TypeError, /10n/],
    [() => checkProbability(1 + 2 ** -52, 'p'), RangeError, /p .*from 0 to 1.*1\.0000000000000002/],
    [
      () => checkOneOf('elements', ['element', 'batch'], 'mask'),
      RangeError,
      /'element' or 'batch'/,
    ],
    [() => checkOneOf(0, ['element'], 'mask'), TypeError, /mask .*got 0/],
    [() => checkSignal({}, 'signal'), TypeError, /AbortSignal/],
    [() => checkSignal(null, 'signal'), TypeError, /null/],
    [() => checkKeys([], ['a'], 'options'), TypeError, /options must be an object/],
    [() => checkKeys(null, ['a'], 'options'), TypeError, /null/],
    [() => checkKeys({ epoch: 1 }, ['epochs'], 'options'), TypeError, /"epoch".*epochs/],
  ];
  for (const [call, constructor, message] of cases) {
    assert.throws(
      call,
      (error) => error.constructor === constructor && message.test(error.message),
    );
  }
});

test('-0 is 0 once it is accepted', () => {
  assert.ok(Object.is(checkProbability(-0, 'p'), 0));
});

test('a seed is an integer from 0 to 2^53 - 1, by default 0', () => {
  assert.equal(resolveSeed(undefined), 0);
  assert.equal(resolveSeed(2 ** 53 - 1), 2 ** 53 - 1);
  for (const seed of [-1, 0.5, 2 ** 53, NaN]) assert.throws(() => resolveSeed(seed), RangeError);
  assert.throws(() => resolveSeed('1'), TypeError);
});

test('fit without options is one epoch of Adam at 0.001, batches of 64, shuffled', () => {
  assert.deepEqual(resolveFit(), {
    resume: false,
    epochs: 1,
    batchSize: 64,
    shuffle: true,
    optimizer: {
      name: 'adam',
      learningRate: 0.001,
      momentum: 0,
      nesterov: false,
      weightDecay: 0,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    },
    trainEvaluation: 0,
    maxSteps: Infinity,
    signal: undefined,
    pause: undefined,
    onProgress: undefined,
    onEpoch: undefined,
  });
});

test('an option that is undefined is not given', () => {
  const options = { epochs: undefined, optimizer: { name: undefined, learningRate: undefined } };
  assert.deepEqual(resolveFit(options), resolveFit());
});

test("each optimizer has its own defaults: sgd's rate is 0.01, adamw's decay 0.01", () => {
  assert.equal(resolveFit({ optimizer: 'sgd' }).optimizer.learningRate, 0.01);
  assert.equal(resolveFit({ optimizer: { name: 'adamw' } }).optimizer.weightDecay, 0.01);
  assert.equal(resolveFit({ optimizer: { name: 'adamw' } }).optimizer.learningRate, 0.001);
});

test('learningRate and momentum are a number or one an epoch', () => {
  const sgd = (more) => resolveFit({ epochs: 3, optimizer: { name: 'sgd', ...more } }).optimizer;
  assert.equal(sgd({ learningRate: 0.5 }).learningRate, 0.5);
  assert.deepEqual(sgd({ learningRate: [3, 2, 0] }).learningRate, [3, 2, 0]);
  assert.deepEqual(sgd({ momentum: new Float64Array([0, 0.5, 1]) }).momentum, [0, 0.5, 1]);
  assert.throws(() => sgd({ learningRate: [1, 2] }), /learningRate.length must be epochs \(3\)/);
  assert.throws(() => sgd({ learningRate: [1, NaN, 1] }), /learningRate\[1\].*NaN/);
  assert.throws(() => sgd({ learningRate: [1, '2', 1] }), TypeError);
  assert.throws(() => sgd({ momentum: 1.1 }), RangeError);
  assert.throws(() => sgd({ learningRate: 1e39 }), RangeError, 'infinite as a float32');
});

test('nesterov needs momentum, as in PyTorch', () => {
  const options = (momentum) => ({ optimizer: { name: 'sgd', nesterov: true, momentum } });
  assert.throws(() => resolveFit(options(0)), /momentum must be above 0 with nesterov/);
  assert.equal(resolveFit(options(0.9)).optimizer.nesterov, true);
});

test('a number that an optimizer does not use is an error, unless it is the default', () => {
  assert.throws(
    () => resolveFit({ optimizer: { name: 'adam', momentum: 0.9 } }),
    /momentum has no effect with 'adam', got 0\.9/,
  );
  assert.throws(() => resolveFit({ optimizer: { name: 'sgd', beta1: 0.5 } }), RangeError);
  assert.doesNotThrow(() => resolveFit({ optimizer: { name: 'adam', momentum: 0 } }));
});

test('fit options out of range or unknown are errors with name and value', () => {
  const cases = [
    [{ epochs: 0 }, RangeError, /epochs.*got 0/],
    [{ epochs: '2' }, TypeError, /epochs.*got "2"/],
    [{ batchSize: 0.5 }, RangeError, /batchSize/],
    [{ batchsize: 32 }, TypeError, /"batchsize"/],
    [{ shuffle: 1 }, TypeError, /shuffle/],
    [{ maxSteps: 0 }, RangeError, /maxSteps/],
    [{ trainEvaluation: 11 }, RangeError, /trainEvaluation.*0 to 10.*got 11/],
    [{ optimizer: 'rmsprop' }, RangeError, /optimizer.name.*"rmsprop"/],
    [{ optimizer: null }, TypeError, /optimizer/],
    [{ optimizer: { lr: 1 } }, TypeError, /"lr"/],
    [{ optimizer: { beta2: 1 } }, RangeError, /beta2.*< 1/],
    [{ optimizer: { epsilon: 0 } }, RangeError, /epsilon/],
    [{ onProgress: 1 }, TypeError, /onProgress/],
    [{ pause: {} }, TypeError, /pause.*PauseController/],
    [{ signal: new EventTarget() }, TypeError, /signal/],
  ];
  for (const [options, constructor, message] of cases) {
    assert.throws(
      () => resolveFit(options, { samples: 10 }),
      (error) => error.constructor === constructor && message.test(error.message),
      JSON.stringify(options),
    );
  }
});

test('resume takes signal, pause, onProgress, onEpoch and maxSteps, nothing else', () => {
  const { signal } = new AbortController();
  const pause = new PauseController();
  assert.deepEqual(resolveFit({ resume: true, signal, pause, maxSteps: 5, epochs: undefined }), {
    resume: true,
    signal,
    pause,
    onProgress: undefined,
    onEpoch: undefined,
    maxSteps: 5,
  });
  assert.throws(() => resolveFit({ resume: true, epochs: 2 }), /resumed.*"epochs"/);
  assert.throws(() => resolveFit({ resume: 'yes' }), TypeError);
});

test("numerics 'strict' is the default; what is none of the two modes names them", () => {
  assert.deepEqual(resolveRuntime(), { worker: true, numerics: 'strict' });
  assert.equal(resolveRuntime({ numerics: 'fast' }).numerics, 'fast');
  assert.throws(
    () => resolveRuntime({ numerics: 'exact' }),
    /numerics must be 'strict' or 'fast', got "exact"/,
  );
});

test('wasm and workerUrl are addresses or, for wasm, bytes or a module', () => {
  const url = new URL('https://example.org/core.wasm');
  const { wasm, workerUrl } = resolveRuntime({ wasm: url, workerUrl: url });
  assert.equal(wasm, url.href);
  assert.equal(workerUrl, url.href);
  const bytes = new Uint8Array(8);
  assert.equal(resolveRuntime({ wasm: bytes }).wasm, bytes);
  for (const wrong of [1, '', {}, null]) {
    assert.throws(() => resolveRuntime({ wasm: wrong }), TypeError);
    assert.throws(() => resolveRuntime({ workerUrl: wrong }), TypeError);
  }
  assert.throws(() => resolveRuntime({ worker: 'no' }), TypeError);
  assert.throws(() => resolveRuntime({ threads: 2 }), /"threads"/);
});

test('the tables cannot be changed by a user', () => {
  for (const table of [DEFAULTS, DEFAULTS.fit, COMPARISON_DEFAULTS, LIMITS, COMPARISON_LIMITS]) {
    assert.ok(Object.isFrozen(table));
  }
});
