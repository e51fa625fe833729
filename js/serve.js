/** The thread's side of a line: one model's engine, called by messages. */

import { Core } from './core/core.js';
import { Engine } from './engine.js';
import { errorToWire } from './errors.js';
import { Task } from './task.js';

/** @typedef {import('./protocol.js').Request} Request */
/** @typedef {import('./protocol.js').Response} Response */

/**
 * @param {(response: Response, transfer?: ArrayBuffer[]) => void} post to the model
 * @param {Promise<string | undefined>} [holding] a lock's name, once this thread holds it for good
 * @returns {{ receive: (message: Request) => Promise<void>, close: () => void }} `receive` never
 *   rejects; `close` ends what runs and frees the model
 */
export function serve(post, holding) {
  /** @type {Engine | undefined} */
  let engine;
  /** @type {Map<number, Task>} */
  const tasks = new Map();
  let closed = false;

  /** @param {import('./protocol.js').StartMessage} message */
  async function start({ module }) {
    try {
      engine = new Engine(await Core.of(module));
      post({ kind: 'ready', lock: await holding });
    } catch (error) {
      post({ kind: 'failed', error: errorToWire(error) });
    }
  }

  /** @param {import('./protocol.js').CallMessage} message */
  async function call({ id, method, args, paused }) {
    const task = new Task((value) => post({ kind: 'progress', id, value }), paused);
    tasks.set(id, task);
    /** What an error means: once the answer is out, that the thread is of no use. @type {'error' | 'failed'} */
    let kind = 'error';
    try {
      const value = await /** @type {any} */ (engine)[method](args, task);
      post({ kind: 'result', id, value }, buffersOf(value));
      kind = 'failed';
      // Its maker looks at data meanwhile, and no other call comes in between.
      if (method === 'create') engine?.initialize();
    } catch (error) {
      post({ kind, id, error: errorToWire(error) });
    } finally {
      tasks.delete(id);
      freeWhenIdle();
    }
  }

  // Tasks end at their next turn; until then the model's memory is theirs.
  function freeWhenIdle() {
    if (closed && tasks.size === 0) engine?.destroy();
  }

  return {
    async receive(message) {
      if (message.kind === 'start') await start(message);
      else if (message.kind === 'call') await call(message);
      else if (message.kind === 'ping') post({ kind: 'pong' });
      else tasks.get(message.id)?.control(message.action);
    },
    close() {
      closed = true;
      for (const task of tasks.values()) task.control('abort');
      freeWhenIdle();
    },
  };
}

/**
 * Buffers of the typed arrays in a result: made for it, so they move instead of being copied.
 * @param {any} value
 * @returns {ArrayBuffer[]}
 */
function buffersOf(value) {
  if (value instanceof ArrayBuffer) return [value];
  if (ArrayBuffer.isView(value)) return [/** @type {ArrayBuffer} */ (value.buffer)];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(buffersOf))];
}
