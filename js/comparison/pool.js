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
  /** @type {T[]} */
  const results = new Array(tasks.length);
  let next = 0;
  const lane = async () => {
    while (next < tasks.length && !controller.signal.aborted) {
      const i = next++;
      try {
        results[i] = await tasks[i](controller.signal);
      } catch (error) {
        controller.abort(error); // The first reason stands; later ones follow from it.
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, tasks.length) }, lane));
  release();
  if (controller.signal.aborted) throw controller.signal.reason;
  return results;
}
