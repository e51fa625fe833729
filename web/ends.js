/** The ends of the range of p, asked of the library in front of the reader. */

import { dropoutMask } from '../js/index.js';
import { element, find, table } from './dom.js';
import { findingArticle } from './findings.js';

/** @type {[number, number]} rows, columns */
const SHAPE = [2, 3];

const WORDS =
  'The check of TrueDropout admits p = 1, and the layer then divides by zero. NaN passes the check too. Here p = 1 drops everything and gives zeros, and NaN is refused.';

export function startEnds() {
  const place = element('div', { class: 'scroll', id: 'ends' });
  const button = element('button', { type: 'button', class: 'link', id: 'ends-try' }, 'Try both');
  find('#findings-after').append(
    findingArticle('The ends of the range need care.', [WORDS], button, place),
  );
  const show = (/** @type {string} */ one, /** @type {string} */ nan) =>
    place.replaceChildren(
      table({
        head: ['', 'the article’s layer', 'this library'],
        rows: [
          ['p = 1', 'divides by zero', one],
          ['p = NaN', 'passes its check', nan],
        ],
        numbers: false,
      }),
    );
  show('–', '–');
  button.addEventListener('click', async () => {
    const [one, nan] = await Promise.allSettled([dropoutMask(1, SHAPE), dropoutMask(NaN, SHAPE)]);
    show(outcome(one), outcome(nan));
  });
}

/** @param {PromiseSettledResult<Uint8Array>} result */
function outcome(result) {
  if (result.status === 'fulfilled') return `the mask ${[...result.value].join(' ')}`;
  return `${result.reason.name}: ${result.reason.message}`;
}
