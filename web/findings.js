/**
 * What the article gets right and what slips, each beside the numbers that show it: PyTorch's, on
 * all of MNIST with three seeds, and this page's, once a comparison has given them.
 */

import { DEFAULTS } from '../js/defaults.js';
import { formatMean, formatNumber, metricInfo } from '../js/report.js';
import { summarize } from '../js/statistics.js';
import { element, find, table } from './dom.js';
import { count, moreOf } from './state.js';

/** @typedef {'accuracy' | 'macroF1' | 'loss' | 'ece'} Metric */
/** @typedef {{ metric: Metric, variant: string, measured: number }} Row */

/**
 * @typedef {object} Finding
 * @property {string} title
 * @property {string[]} words
 * @property {{ network: string, optimizer: string }} [when] of which comparisons its numbers are
 * @property {Row[]} [rows]
 * @property {Parameters<typeof table>[0]} [fixed] numbers that no single comparison gives
 * @property {string} link
 * @property {string} again what the link says
 */

const ADAM = { network: 'intended', optimizer: 'adam' };
const SGD = { network: 'intended', optimizer: 'sgd' };
const PRINTED = { network: 'printed', optimizer: 'sgd' };

/** @type {Finding[]} */
const BEFORE_THE_CURVE = [
  {
    title: 'F1 is about 0.90, as the article says.',
    words: [
      'The claim holds: with its layer, with PyTorch’s, and with no dropout at all. Two epochs on 60,000 images leave little for dropout to mend.',
    ],
    when: ADAM,
    rows: [
      { metric: 'macroF1', variant: 'article', measured: 0.9102 },
      { metric: 'macroF1', variant: 'article-scaled', measured: 0.9069 },
      { metric: 'macroF1', variant: 'standard', measured: 0.9032 },
      { metric: 'macroF1', variant: 'none', measured: 0.9049 },
    ],
    link: '#v=1&variants=article,article-scaled,standard,none&seeds=1-3',
    again: 'Set up these four variants',
  },
  {
    title: 'F1 hardly sees the factor. NLL and ECE do.',
    words: [
      'F1 asks which digit comes out on top. A factor on the last hidden layer seldom changes that. NLL and ECE also ask how sure the network is, and twice the signal is far too sure.',
      'NLL is the mean negative logarithm of the probability given to the right digit. ECE is the gap between how sure the network is and how often it is right.',
    ],
    when: ADAM,
    rows: [
      { metric: 'loss', variant: 'article', measured: 0.4687 },
      { metric: 'loss', variant: 'article-scaled', measured: 0.328 },
      { metric: 'ece', variant: 'article', measured: 0.0529 },
      { metric: 'ece', variant: 'article-scaled', measured: 0.0099 },
    ],
    link: '#v=1',
    again: 'Set up this comparison',
  },
];

/** @type {Finding[]} */
const AFTER_THE_CURVE = [
  {
    title: 'The wrong factor can seem to help.',
    words: [
      'After two epochs of plain SGD at 0.01 the network is not yet sure enough. Evaluated at twice the signal it was trained for, it looks better than with the right rule. One figure at one moment does not show that a rule is right.',
    ],
    when: SGD,
    rows: [
      { metric: 'loss', variant: 'unscaled', measured: 0.4686 },
      { metric: 'loss', variant: 'test-scaled', measured: 0.4901 },
      { metric: 'ece', variant: 'unscaled', measured: 0.0191 },
      { metric: 'ece', variant: 'test-scaled', measured: 0.1172 },
    ],
    link: '#v=1&variants=unscaled,test-scaled,standard&optimizer=sgd&learning-rate=0.01&seeds=1-3',
    again: 'Set up plain SGD',
  },
  {
    title: 'Half the signal is half the step.',
    words: [
      'Under plain SGD, training without the factor also learns more slowly. Adam adapts its step and hides this. At two or four times the learning rate the two effects come apart.',
    ],
    when: SGD,
    rows: [
      { metric: 'macroF1', variant: 'unscaled', measured: 0.8652 },
      { metric: 'macroF1', variant: 'standard', measured: 0.8951 },
    ],
    link: '#v=1&variants=unscaled,test-scaled&optimizer=sgd&learning-rate=0.04&seeds=1-3',
    again: 'Set up unscaled training at four times the rate',
  },
  {
    title: 'As printed, the mask falls on the logits.',
    words: [
      'The printed forward returns the dropped 512 values, not the output of the last layer. The mask then falls on the logits themselves, and scaling raises NLL.',
    ],
    when: PRINTED,
    rows: [
      { metric: 'loss', variant: 'article', measured: 0.7121 },
      { metric: 'loss', variant: 'article-scaled', measured: 1.6854 },
      { metric: 'macroF1', variant: 'article', measured: 0.8619 },
      { metric: 'macroF1', variant: 'article-scaled', measured: 0.8874 },
    ],
    link: '#v=1&network=printed&optimizer=sgd&learning-rate=0.01&seeds=1-3',
    again: 'Set up the network as printed',
  },
  {
    title: 'One mask serves the whole batch.',
    words: [
      'The text speaks of a matrix of the same size as x; the code draws one vector and shares it among all rows. PyTorch draws a mask for every row. The expectation is the same. The shared mask makes the gradient noisier, and lets half of the layer’s work be skipped.',
    ],
    when: ADAM,
    rows: [
      { metric: 'loss', variant: 'article-scaled', measured: 0.328 },
      { metric: 'loss', variant: 'standard', measured: 0.3307 },
    ],
    link: '#v=1&variants=standard,article-scaled&seeds=1-5',
    again: 'Set up one mask a batch against one a row',
  },
  {
    title: 'Dropout pays when data are few.',
    words: [
      'On all of MNIST two epochs show no gain. With 1,000 images and 40 epochs dropout gains half a point of accuracy; with 2,000 or more no gain is shown.',
    ],
    fixed: {
      caption:
        'Accuracy, standard less none, in points. PyTorch: ReLU network, Adam 0.001, 40 epochs, six seeds, paired.',
      head: ['Training images', 'Difference'],
      rows: [
        ['1,000', '+0.46 ± 0.08'],
        ['2,000', '−0.02 ± 0.27'],
        ['5,000', '−0.26 ± 0.23'],
      ],
    },
    link: '#v=1&network=relu&variants=none,standard&epochs=40&train-size=1000&seeds=1-6',
    again: 'Set up 1,000 images',
  },
];

/** @param {import('./run.js').Experiment} experiment */
export function startFindings(experiment) {
  const places = [
    ...place(find('#findings-before'), BEFORE_THE_CURVE),
    ...place(find('#findings-after'), AFTER_THE_CURVE),
  ];
  const update = () => places.forEach((one) => fill(one, experiment));
  experiment.addEventListener('run', update);
  update();
}

/** @param {HTMLElement} container @param {Finding[]} findings */
function place(container, findings) {
  return findings.map((finding) => {
    const numbers = element('div', { class: 'scroll' });
    const { title, words, link, again } = finding;
    const setUp = element('a', { href: link }, again);
    container.append(findingArticle(title, words, setUp, numbers));
    return { finding, numbers, shown: false };
  });
}

/**
 * @param {string} title
 * @param {(Node | string)[]} words a paragraph each
 * @param {HTMLElement} action what the reader can do about it
 * @param {HTMLElement} numbers beside the words
 * @returns {HTMLElement}
 */
export function findingArticle(title, words, action, numbers) {
  return element(
    'article',
    { class: 'finding' },
    element(
      'div',
      { class: 'finding-words' },
      element('h3', {}, title),
      ...words.map((paragraph) => element('p', {}, paragraph)),
      element('p', { class: 'again' }, action),
    ),
    numbers,
  );
}

/**
 * A comparison of another kind leaves the numbers of an earlier one where they are.
 * @param {{ finding: Finding, numbers: HTMLElement, shown: boolean }} placed
 * @param {import('./run.js').Experiment} experiment
 */
function fill(placed, { settings, runs }) {
  const { when, rows = [], fixed } = placed.finding;
  if (fixed) return placed.numbers.replaceChildren(table(fixed));
  const fits =
    settings !== undefined &&
    settings.network === when?.network &&
    settings.optimizer.name === when.optimizer;
  const summary = fits ? summarize(runs, settings.variants[0]) : [];
  const own = rows.map(({ metric, variant }) =>
    summary.find((row) => row.metric === metric && row.variant === variant),
  );
  const any = own.some((row) => row !== undefined);
  if (placed.shown && !any) return;
  placed.shown = any;
  placed.numbers.replaceChildren(
    table({
      caption: any && settings ? `This page: ${describe(settings)}.` : undefined,
      head: ['', 'PyTorch', 'this page'],
      rows: rows.map(({ metric, variant, measured }, i) => [
        `${metricInfo[metric].label}, ${variant}`,
        formatNumber(measured),
        element('strong', {}, own[i] ? formatMean(own[i].mean, own[i].interval) : '–'),
      ]),
    }),
  );
}

/** @param {import('./state.js').Settings} settings */
function describe(settings) {
  const { trainSize = DEFAULTS.comparison.trainSize, epochs, p, optimizer, seeds } = settings;
  return [
    count(trainSize, 'image'),
    count(epochs, 'epoch'),
    `p ${p}`,
    `rate ${optimizer.learningRate}`,
    ...moreOf(settings),
    count(seeds.length, 'seed'),
  ].join(', ');
}
