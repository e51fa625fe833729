/** Step 2: the masks of one training step for a whole batch, shared by its rows or drawn for each. */

import { dense, dropout } from '../../js/index.js';
import { formatNumber } from '../../js/report.js';
import { mean, sd } from '../../js/statistics.js';
import { element, find, table } from '../dom.js';
import { lookOf, nameWithSwatch } from '../looks.js';
import { drawGrid } from './grid.js';
import { shareSlider } from './slider.js';
import { nextStepButton, stepFigure } from './step-figure.js';
import { WorkerModel } from './worker-model.js';

const ROWS = 32;
const UNITS = 48;
const SEED = 1;

const KINDS = /** @type {const} */ ([
  { mask: 'batch', variant: 'article', title: 'one mask for the batch' },
  { mask: 'element', variant: 'standard', title: 'a mask for every row' },
]);

/** @param {import('../say.js').Say} say */
export function startBatchStep(say) {
  const models = KINDS.map(({ mask }) => ({ mask, model: new WorkerModel() }));
  let p = 0.5;
  let step = 0;
  const figure = stepFigure('batch', 'The masks could not be drawn', async () => {
    const masks = await Promise.all(
      models.map(({ mask, model }) => model.ask(specOf(p, mask), (one) => maskOf(one, step))),
    );
    const shares = masks.map(sharesOf);
    find('#batch-grids').replaceChildren(
      ...KINDS.map((kind, i) => pictureOf(kind, masks[i], shares[i])),
    );
    find('#batch-table').replaceChildren(shareTable(shares));
    const [means, deviations] = [mean, sd].map((of) =>
      shares.map((share) => formatNumber(of(share))).join(' against '),
    );
    figure.words.textContent = `Training step ${step + 1}, p = ${p}. Share kept, mean over the ${UNITS} units: ${means}; standard deviation ${deviations}.`;
  });
  find('#batch-grids').append(...KINDS.map((kind) => pictureOf(kind)));
  const slide = shareSlider('batch-p', (value) => {
    p = value;
    figure.redraw();
  });
  const next = nextStepButton('batch', () => {
    step += 1;
    figure.redraw();
  });
  figure.start(say, [slide, next]);
}

/** @param {number} p @param {'batch' | 'element'} mask */
function specOf(p, mask) {
  return { input: 1, layers: [dense(UNITS), dropout(p, { mask })], seed: SEED };
}

/** @param {import('../../js/model.js').Model} model @param {number} step @returns {Promise<Uint8Array>} */
async function maskOf(model, step) {
  return /** @type {Uint8Array} */ (await model.mask(1, { step, rows: ROWS }));
}

/** Of each unit, the share of rows that keep it. @param {Uint8Array} mask */
function sharesOf(mask) {
  return Array.from({ length: UNITS }, (_, unit) =>
    mean(Array.from({ length: ROWS }, (_, row) => mask[row * UNITS + unit])),
  );
}

/**
 * Before anything is drawn, the empty cells keep its room.
 * @param {(typeof KINDS)[number]} kind
 * @param {Uint8Array} [mask]
 * @param {number[]} [shares]
 */
function pictureOf({ variant, title }, mask, shares) {
  const label = mask && shares ? labelOf(title, shares) : `${title}: not drawn yet`;
  const grid = { rows: ROWS, columns: UNITS, colour: lookOf(variant).colour, label };
  const picture = drawGrid({
    ...grid,
    mask: mask ?? new Uint8Array(ROWS * UNITS),
    bars: shares ?? Array(UNITS).fill(0),
  });
  const heading = element('p', { class: 'grid-title' }, nameWithSwatch(variant), title);
  return element('div', {}, heading, picture);
}

/** @param {string} title @param {number[]} shares */
function labelOf(title, shares) {
  const all = shares.filter((share) => share === 1).length;
  const none = shares.filter((share) => share === 0).length;
  return `${title}: of ${UNITS} units ${all} are kept in all ${ROWS} rows, ${none} in none, ${UNITS - all - none} in some`;
}

/** @param {number[][]} shares by kind, by unit */
function shareTable(shares) {
  return table({
    caption: `The share of ${ROWS} rows that keep the unit.`,
    head: ['unit', ...KINDS.map(({ title }) => title)],
    rows: shares[0].map((_, unit) => [
      String(unit + 1),
      ...shares.map((share) => formatNumber(share[unit])),
    ]),
  });
}
