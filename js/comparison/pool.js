/** Many tasks, a few at a time. */

import { follow } from '../abort.js';

/**
 * Starts the tasks in order, at most `limit` at once. The first that fails, or the caller's signal,
 * aborts the others; nothing is settled before every task that was started has ended.
 * @template T
 * @param {readonly ((signal: AbortSignal) => Promise<T>)[]} tasks
 * @param {number} limit
 * @param {AbortSignal} [signal]
 * @returns {Promise<T[]>} in the order of the tasks; rejects with the first failure, or with the
 *   signal's reason
 */
export async function runPool(tasks, limit, signal) {
  const { controller, release } = follow(signal);
  // A controller each: Node warns of a leak where more than ten listen to one signal.
  /** @type {Set<AbortController>} */
  const running = new Set();
  controller.signal.addEventListener('abort', () => {
    for (const task of running) task.abort(controller.signal.reason);
  });
  /** @type {T[]} */
  const results = new Array(tasks.length);
  let next = 0;
  const lane = async () => {
    while (next < tasks.length && !controller.signal.aborted) {
      const i = next++;
      const own = new AbortController();
      running.add(own);
      try {
        results[i] = await tasks[i](own.signal);
      } catch (error) {
        controller.abort(error); // The first reason stands; later ones follow from it.
      } finally {
        running.delete(own);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, tasks.length) }, lane));
  release();
  if (controller.signal.aborted) throw controller.signal.reason;
  return results;
}
