/** The thread that owns the core: one worker, one model. */

import { Core } from './core/core.js';
import { Engine } from './engine.js';
import { errorToWire } from './errors.js';
import { isNode, nodeModule } from './platform.js';
import { Task } from './task.js';

/** @typedef {import('./protocol.js').Request} Request */
/** @typedef {import('./protocol.js').Response} Response */

/** @type {Engine | undefined} */
let engine;
/** @type {Map<number, Task>} */
const tasks = new Map();

/** @param {Request} message @param {(response: Response, transfer?: ArrayBuffer[]) => void} post */
async function receive(message, post) {
  if (message.kind === 'control') {
    tasks.get(message.id)?.control(message.action);
    return;
  }
  if (message.kind === 'start') {
    try {
      engine = new Engine(await Core.of(message.module));
      post({ kind: 'ready' });
    } catch (error) {
      post({ kind: 'failed', error: errorToWire(error) });
    }
    return;
  }
  const { id, method, args, paused } = message;
  const task = new Task((value) => post({ kind: 'progress', id, value }), paused);
  tasks.set(id, task);
  try {
    const value = await /** @type {any} */ (engine)[method](args, task);
    post({ kind: 'result', id, value }, buffersOf(value));
  } catch (error) {
    post({ kind: 'error', id, error: errorToWire(error) });
  } finally {
    tasks.delete(id);
  }
}

/**
 * Buffers of the typed arrays in a result: made for it, so they move instead of being copied.
 * @param {any} value
 * @returns {ArrayBuffer[]}
 */
function buffersOf(value) {
  if (ArrayBuffer.isView(value)) return [/** @type {ArrayBuffer} */ (value.buffer)];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(buffersOf))];
}

if (isNode) {
  const { parentPort } = await nodeModule('worker_threads');
  parentPort?.on('message', (message) =>
    receive(message, (response, transfer) => parentPort.postMessage(response, transfer)),
  );
} else {
  const scope = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));
  scope.onmessage = ({ data }) =>
    receive(data, (response, transfer = []) => scope.postMessage(response, transfer));
}
