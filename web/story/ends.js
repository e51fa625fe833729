/** The ends of the range of p, asked of the library in front of the reader. */

import { dense, dropout } from '../../js/index.js';
import { element, find, table } from '../dom.js';
import { evidenceArticle } from './evidence.js';
import { WorkerModel } from './worker-model.js';

const UNITS = 3;
const ROWS = 2;

const WORDS =
  'The check of `TrueDropout` accepts p = 1, and the layer then divides by zero. NaN passes the check too. Here p = 1 drops everything and gives zeros, and NaN is refused.';

export function startEnds() {
  const place = element('div', { class: 'scroll', id: 'ends', tabIndex: 0, role: 'group' });
  place.setAttribute('aria-label', 'The ends of the range');
  const button = element('button', { type: 'button', class: 'link', id: 'ends-try' }, 'Try both');
  find('#rule-evidence').append(
    evidenceArticle('The ends of the range need care.', [WORDS], button, place),
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
  const model = new WorkerModel();
  button.addEventListener('click', async () => {
    const [one, nan] = await Promise.allSettled([maskOf(model, 1), maskOf(model, NaN)]);
    show(outcome(one), outcome(nan));
  });
}

/** @param {WorkerModel} model @param {number} p @returns {Promise<Uint8Array>} */
async function maskOf(model, p) {
  const layers = [dense(UNITS), dropout(p)];
  const mask = await model.ask({ input: 1, layers }, (one) => one.mask(1, { rows: ROWS }));
  return /** @type {Uint8Array} */ (mask);
}

/** @param {PromiseSettledResult<Uint8Array>} result */
function outcome(result) {
  if (result.status === 'fulfilled') return `the mask ${[...result.value].join(' ')}`;
  return `${result.reason.name}: ${result.reason.message}`;
}
