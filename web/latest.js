/** Of many questions in a row, only the newest matters. */

/**
 * One call at a time. While it runs, the newest of further calls waits and takes the place of older
 * ones: a drag asks as often as it is answered, and the last place is always answered.
 *
 * @template A
 * @param {(argument: A, isNewest: () => boolean) => Promise<void>} call `isNewest`: whether none waits
 * @param {(busy: boolean) => void} [onBusy] true with the first question, false after the last answer
 * @returns {(argument: A) => void}
 */
export function latest(call, onBusy) {
  /** @type {{ argument: A } | undefined} */
  let waiting;
  let busy = false;
  return async (argument) => {
    waiting = { argument };
    if (busy) return;
    busy = true;
    onBusy?.(true);
    try {
      while (waiting) {
        const next = waiting;
        waiting = undefined;
        await call(next.argument, () => waiting === undefined);
      }
    } finally {
      busy = false;
      onBusy?.(false);
    }
  };
}
