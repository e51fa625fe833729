/** The ends of the range of p, asked of the library in front of the reader. */

import { dropoutMask } from '../js/index.js';
import { find, table } from './dom.js';

/** @type {[number, number]} rows, columns */
const SHAPE = [2, 3];

export function startEnds() {
  const place = find('#ends');
  const show = (/** @type {string} */ one, /** @type {string} */ nan) =>
    place.replaceChildren(
      table({
        head: ['', 'the article’s layer', 'this library'],
        rows: [
          ['p = 1', `factor ${1 / (1 - 1)}`.replace('Infinity', '∞'), one],
          ['p = NaN', 'passes the check', nan],
        ],
        numbers: false,
      }),
    );
  show('–', '–');
  find('#ends-try').addEventListener('click', async () => {
    const [one, nan] = await Promise.allSettled([
      dropoutMask(1, SHAPE, {}),
      (async () => dropoutMask(NaN, SHAPE, {}))(),
    ]);
    show(outcome(one), outcome(nan));
  });
}

/** @param {PromiseSettledResult<Uint8Array>} result */
function outcome(result) {
  if (result.status === 'fulfilled') return `a mask of ${[...result.value].join(' ')}`;
  return `${result.reason.name}: ${result.reason.message}`;
}
