/** Step 6: what Dropout and DropConnect leave of a layer's weights. */

import { dense, dropout } from '../../js/index.js';
import { count } from '../state.js';
import { element, find, table } from '../dom.js';
import { lookOf, nameWithSwatch } from '../looks.js';
import { drawGrid } from './grid.js';
import { shareSlider } from './slider.js';
import { nextStepButton, stepFigure } from './step-figure.js';
import { WorkerModel } from './worker-model.js';

const UNITS = 12;
const INPUTS = 16;
const SEED = 1;

/** @param {import('../say.js').Say} say */
export function startConnectStep(say) {
  const units = new WorkerModel();
  const weights = new WorkerModel();
  let p = 0.5;
  let step = 0;
  const figure = stepFigure('connect', 'The masks could not be drawn', async () => {
    const [kept, single] = await Promise.all([
      units.ask(unitSpec(p), (model) => model.mask(1, { step })),
      weights.ask(weightSpec(p), (model) => model.mask(0, { step })),
    ]);
    const whole = Array.from(kept).flatMap((one) => Array(INPUTS).fill(one));
    show([Uint8Array.from(whole), /** @type {Uint8Array} */ (single)]);
    figure.words.textContent = `Training step ${step + 1}, p = ${p}.`;
  });
  find('#connect-grids').append(...KINDS.map((kind) => pictureOf(kind)));
  const slide = shareSlider('connect-p', (value) => {
    p = value;
    figure.redraw();
  });
  const next = nextStepButton('connect', () => {
    step += 1;
    figure.redraw();
  });
  figure.start(say, [slide, next]);
}

/** @param {number} p */
function unitSpec(p) {
  return { input: INPUTS, layers: [dense(UNITS), dropout(p, { mask: 'batch' })], seed: SEED };
}

/** @param {number} p */
function weightSpec(p) {
  return { input: INPUTS, layers: [dense(UNITS, { dropConnect: p })], seed: SEED };
}

const KINDS = [
  { variant: 'article', title: 'Dropout' },
  { variant: 'dropconnect', title: 'DropConnect' },
];

/** @param {Uint8Array[]} masks units x inputs, by kind */
function show(masks) {
  const left = masks.map(keptByUnit);
  find('#connect-grids').replaceChildren(
    ...KINDS.map((kind, i) => {
      const silent = left[i].filter((kept) => kept === 0).length;
      return pictureOf(kind, masks[i], `${count(silent, 'unit')} of ${UNITS} silent`);
    }),
  );
  find('#connect-table').replaceChildren(
    table({
      caption: `Weights kept of ${INPUTS}, by unit.`,
      head: ['unit', ...KINDS.map(({ title }) => title)],
      rows: left[0].map((_, unit) => [String(unit + 1), ...left.map((kept) => String(kept[unit]))]),
    }),
  );
}

/**
 * Before anything is drawn, the empty cells keep its room.
 * @param {(typeof KINDS)[number]} kind
 * @param {Uint8Array} [mask]
 * @param {string} [below]
 */
function pictureOf(
  { variant, title },
  mask = new Uint8Array(UNITS * INPUTS),
  below = 'not drawn yet',
) {
  const { colour } = lookOf(variant);
  const label = `${title}: ${below}`;
  const picture = drawGrid({ rows: UNITS, columns: INPUTS, mask, colour, label });
  const heading = element('p', { class: 'grid-title' }, nameWithSwatch(variant), title);
  return element('div', {}, heading, picture, element('p', { class: 'grid-below' }, below));
}

/** @param {Uint8Array} mask units x inputs */
function keptByUnit(mask) {
  return Array.from({ length: UNITS }, (_, unit) =>
    mask.subarray(unit * INPUTS, (unit + 1) * INPUTS).reduce((sum, kept) => sum + kept, 0),
  );
}
