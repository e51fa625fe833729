/** Step 5: the four rules and their ratio at any p, and three of them on one set of weights. */

import { formatNumber } from '../../js/report.js';
import { element, find, table } from '../dom.js';
import { count } from '../state.js';
import { CURVE_LINK } from './curve-run.js';
import { shareSlider } from './slider.js';
import { stepFigure } from './step-figure.js';

/** `power`: of 1/keep, what the next layer meets in evaluation over what it met in training. */
const RULES = [
  { training: 'x ⊙ m / keep', evaluation: 'x', who: 'PyTorch, Keras, TrueDropout', power: 0 },
  { training: 'x ⊙ m', evaluation: 'x · keep', who: 'Srivastava et al. 2014', power: 0 },
  { training: 'x ⊙ m', evaluation: 'x', who: 'the article’s Dropout', power: 1 },
  { training: 'x ⊙ m', evaluation: 'x / keep', who: 'the article’s text', power: 2 },
];

/** @param {import('./valley.js').Valley} valley @param {import('../say.js').Say} say */
export function startRuleStep(valley, say) {
  let p = 0.5;
  let revealed = false;
  const show = () => {
    find('#rule-table').replaceChildren(ruleTable(p, revealed));
    figure.words.textContent = `x is the layer’s input, m its mask of zeros and ones. The last column: what the next layer meets in evaluation, over what it met in training, on average, at p = ${p}. It should be 1.`;
  };
  const showWeights = () => {
    if (revealed) find('#rule-weights').replaceChildren(...weightParts(valley.curve));
  };
  const figure = stepFigure('rule', 'The table could not be made', show);
  const slide = shareSlider('rule-p', (value) => {
    p = value;
    figure.redraw();
  });
  const reveal = () => {
    revealed = true;
    show();
    showWeights();
  };
  figure.start(say, [slide], { reveal });
  valley.addEventListener('curve', showWeights);
  figure.redraw();
}

/** @param {number} p @param {boolean} revealed */
function ruleTable(p, revealed) {
  const content = table({
    head: ['in training', 'in evaluation', 'who does it', 'ratio'],
    rows: RULES.map(({ training, evaluation, who, power }) => [
      element('span', { class: 'math' }, training),
      element('span', { class: 'math' }, evaluation),
      who,
      revealed ? ratioText(p, power) : '?',
    ]),
    numbers: false,
  });
  content
    .querySelectorAll('tbody tr')
    .forEach((/** @type {Element} */ row, /** @type {number} */ i) => {
      row.classList.toggle('off', revealed && RULES[i].power > 0);
    });
  return content;
}

/** keep to the power -`power`. @param {number} p @param {number} power */
function ratioText(p, power) {
  if (p === 1 && power === 0) return 'none: 0 / 0';
  const ratio = (1 / (1 - p)) ** power;
  return Number.isFinite(ratio) ? String(Number(ratio.toPrecision(3))) : '∞';
}

/** The three factors on the weights of step 4. @param {import('./valley.js').Valley['curve']} curve */
function weightParts({ p, trainSize, epochs, points, here, where, weightsHash }) {
  const keep = 1 - p;
  const rules = /** @type {[string, number][]} */ ([
    ['keep: the right one', keep],
    ['1: the article’s layer', 1],
    ['1/keep: the article’s text', 1 / keep],
  ]);
  const rows = rules.flatMap(([name, factor]) => {
    const point = points.find((one) => one.factor === factor);
    if (point === undefined) return [];
    const { loss, ece, accuracy, macroF1 } = point;
    return [[name, ...[loss, ece, accuracy, macroF1].map(formatNumber)]];
  });
  const caption = element(
    'span',
    {},
    `One set of weights, trained without a factor, ${here ? `in this tab, ${where}` : 'recorded'}, ${count(trainSize, 'image')}, ${count(epochs, 'epoch')}: hash ${weightsHash.slice(0, 12)}…, p = ${p}. Only the factor in evaluation differs. `,
    ...(here ? [] : [element('a', { href: CURVE_LINK }, 'Load these settings')]),
  );
  const content = table({
    caption,
    head: ['factor in evaluation', 'NLL', 'ECE', 'accuracy', 'macro F1'],
    rows,
  });
  const words =
    'ECE, the expected calibration error, is the gap between how sure the network is and how often it is right.';
  return [
    element(
      'div',
      { class: 'scroll', tabIndex: 0, role: 'group', 'aria-label': 'Three factors' },
      content,
    ),
    element('p', { class: 'readout' }, words),
  ];
}
