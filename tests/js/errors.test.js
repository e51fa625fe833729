import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as errors from '../../js/errors.js';

const { DropoutWasmError, FileError, errorFromWire, errorToWire } = errors;

/** Over the wire as `postMessage` would take it. @param {unknown} error */
const send = (error) => errorFromWire(structuredClone(errorToWire(error)));

const CODES = {
  FileError: 'BAD_FILE',
  OutOfMemoryError: 'NO_MEMORY',
  DivergedError: 'DIVERGED',
  WorkerLostError: 'WORKER_LOST',
  DisposedError: 'DISPOSED',
  EngineError: 'ENGINE',
};

for (const [name, code] of Object.entries(CODES)) {
  test(`${name} has code ${code}, its name, and is a DropoutWasmError`, () => {
    const error = new errors[name]('what went wrong');
    assert.equal(error.name, name);
    assert.equal(error.code, code);
    assert.ok(error instanceof DropoutWasmError && error instanceof Error);
    assert.match(error.stack, new RegExp(`^${name}: what went wrong`));
  });

  test(`${name} crosses a thread with class, code, message and stack`, () => {
    const error = new errors[name]('what went wrong', { address: 'a/b' });
    const arrived = send(error);
    assert.ok(arrived instanceof errors[name]);
    assert.equal(arrived.code, code);
    assert.equal(arrived.address, 'a/b');
    assert.equal(arrived.message, error.message);
    assert.equal(arrived.stack, error.stack);
  });
}

test('TypeError and RangeError cross a thread as what they are', () => {
  assert.ok(send(new TypeError('p')) instanceof TypeError);
  assert.ok(send(new RangeError('p')) instanceof RangeError);
});

test('an AbortError crosses a thread as a DOMException', () => {
  const arrived = send(AbortSignal.abort().reason);
  assert.ok(arrived instanceof DOMException);
  assert.equal(arrived.name, 'AbortError');
});

test('an error of another class keeps its name, and a thrown string its text', () => {
  assert.equal(send(new SyntaxError('x')).name, 'SyntaxError');
  assert.equal(send(new DropoutWasmError('LATER', 'x')).code, 'LATER');
  assert.equal(send('only text').message, 'only text');
});

test('causes cross a thread, and a circle of causes ends', () => {
  const error = new FileError('outer', { cause: new TypeError('inner') });
  assert.ok(send(error).cause instanceof TypeError);
  const circle = new Error('a');
  circle.cause = new Error('b', { cause: circle });
  assert.equal(send(circle).cause.message, 'b');
});
