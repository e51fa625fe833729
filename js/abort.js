/** Signals: one stop for many tasks. */

/**
 * A controller that is aborted, with the same reason, when `signal` is. Written out, since
 * `AbortSignal.any` is younger than the oldest Node and browsers served.
 * @param {AbortSignal} [signal]
 * @returns {{ controller: AbortController, release: () => void }} call `release` when done, so that
 *   a long-lived signal does not gather listeners
 */
export function follow(signal) {
  const controller = new AbortController();
  const onAbort = () => controller.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort);
  return { controller, release: () => signal?.removeEventListener('abort', onAbort) };
}

/** @param {AbortSignal} [signal] throws the signal's reason once it is aborted */
export function throwIfAborted(signal) {
  if (signal?.aborted) throw signal.reason;
}

/**
 * @template T
 * @param {Promise<T>} task what it comes to after an abort, nobody hears
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>} rejects with the signal's reason once it is aborted
 */
export async function untilAborted(task, signal) {
  let onAbort = () => {};
  const aborted = new Promise((_, reject) => {
    onAbort = () => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([task, aborted]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}
