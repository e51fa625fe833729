import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';

import { runPool } from '../../js/comparison/pool.js';

/** A task that ends when it is told to, or when it is aborted. */
function manual() {
  let start;
  const started = new Promise((resolve) => (start = resolve));
  let end;
  const task = (signal) =>
    new Promise((resolve, reject) => {
      start(signal);
      end = { resolve, reject };
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return { task, started, resolve: (v) => end.resolve(v), reject: (e) => end.reject(e) };
}

test('results come in the order of the tasks, whichever ends first', async () => {
  const tasks = [manual(), manual(), manual()];
  const done = runPool(
    tasks.map(({ task }) => task),
    3,
  );
  await Promise.all(tasks.map(({ started }) => started));
  for (const i of [2, 0, 1]) tasks[i].resolve(i);
  assert.deepEqual(await done, [0, 1, 2]);
});

test('no more tasks run at once than allowed, and they start in order', async () => {
  let running = 0;
  let most = 0;
  const order = [];
  const tasks = Array.from({ length: 9 }, (_, i) => async () => {
    order.push(i);
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
  });
  await runPool(tasks, 3);
  assert.equal(most, 3);
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
});

test('one failure aborts the others, starts no more, and is what the pool rejects with', async () => {
  const [first, second] = [manual(), manual()];
  let third = false;
  const done = runPool([first.task, second.task, async () => (third = true)], 2);
  const signal = await second.started;
  const failure = new Error('diverged');
  first.reject(failure);
  await assert.rejects(done, (error) => error === failure);
  assert.ok(signal.aborted);
  assert.equal(third, false);
});

test('nothing is settled before every task that was started has ended', async () => {
  const failing = manual();
  let cleaned = false;
  const slow = async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await new Promise(setImmediate);
    cleaned = true;
  };
  const done = runPool([failing.task, slow], 2);
  await failing.started;
  failing.reject(new Error('x'));
  await assert.rejects(done);
  assert.ok(cleaned);
});

test("the caller's abort is the reason of the rejection, and no listener stays", async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const task = manual();
  const done = runPool([task.task], 1, controller.signal);
  await task.started;
  controller.abort(reason);
  await assert.rejects(done, (error) => error === reason);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  await assert.rejects(runPool([async () => 1], 1, controller.signal), (e) => e === reason);
});

test('no tasks are done at once', async () => {
  assert.deepEqual(await runPool([], 4), []);
});

test('twenty tasks at once listen to one signal each: Node sees no leak', async () => {
  const warnings = [];
  const onWarning = (warning) => warnings.push(warning.name);
  process.on('warning', onWarning);
  const { signal } = new AbortController();
  const tasks = Array.from({ length: 20 }, (_, i) => async (own) => {
    own.addEventListener('abort', () => {});
    await new Promise((resolve) => setImmediate(resolve));
    return i;
  });
  assert.equal((await runPool(tasks, 20, signal)).length, 20);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', onWarning);
  assert.deepEqual(warnings, []);
});
