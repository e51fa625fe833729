/** The laboratory's figures: what each shows, in words, and where its chart, tools and table go. */

import { element } from '../dom.js';

/** Of an untrained network with ten classes: ln 10 = 2.30. */
const LOSS = {
  unit: 'nats',
  logarithmic: true,
  range: /** @type {[number, number]} */ ([0.2, 3]),
  floors: [0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 1e-4, 1e-5, 1e-6],
  ceilings: [5, 10, 20, 50, 100, 1000],
};

/**
 * @typedef {object} Figure
 * @property {string} id
 * @property {string} name as in 'Zoom in on the ends of ...'
 * @property {string} title
 * @property {string} caption what to see
 * @property {import('../curves.js').Metric} [metric] of a chart over epochs
 * @property {Omit<import('./charts.js').ChartOptions, 'name'>} [axis]
 */

/** @type {readonly Figure[]} */
export const FIGURES = [
  {
    id: 'loss',
    name: 'the training loss',
    title: 'Training loss',
    caption:
      'Thin: the batches as they come, dropout on. Marks: the first 10,000 training images, or all, after each epoch, dropout off.',
    metric: 'lossNoDropout',
    axis: LOSS,
  },
  {
    id: 'nll',
    name: 'NLL',
    title: 'NLL',
    caption:
      'Mean negative log-likelihood of the 10,000 test images. It rises where the network is sure and wrong.',
    metric: 'loss',
    axis: LOSS,
  },
  {
    id: 'f1',
    name: 'macro F1',
    title: 'Macro F1',
    caption: 'Of the test images: the mean over the ten digits. It sees only which digit wins.',
    metric: 'macroF1',
    axis: {
      unit: 'macro F1',
      logarithmic: false,
      range: [0.8, 1],
      floors: [0.6, 0.4, 0],
      ceilings: [1],
    },
  },
  {
    id: 'ece',
    name: 'ECE',
    title: 'ECE',
    caption:
      'Expected calibration error on the test images: the gap between how sure and how often right.',
    metric: 'ece',
    axis: {
      unit: 'ECE',
      logarithmic: false,
      range: [0, 0.1],
      floors: [0],
      ceilings: [0.2, 0.5, 1],
    },
  },
  {
    id: 'reliability',
    name: 'the reliability diagram',
    title: 'Reliability',
    caption:
      'Test images sorted by how sure the network is, in 15 bins; the larger a mark, the more images. On the dotted line it is right as often as it says. Below, it is too sure.',
  },
];

/** @param {Figure} figure @param {HTMLElement} tools */
export function buildFigure({ id, title, caption, name }, tools) {
  const plot = element('div', {
    id: `${id}-chart`,
    class: 'plot',
    role: 'img',
    'aria-label': `${title}, one line per variant. The table below has its numbers.`,
  });
  const place = element('div', {
    class: 'scroll',
    id: `${id}-table`,
    tabIndex: 0,
    role: 'group',
    'aria-label': `Numbers of ${name}`,
  });
  return element(
    'figure',
    { class: 'chart', id: `${id}-figure` },
    element('figcaption', {}, element('strong', {}, title), `. ${caption}`),
    plot,
    tools,
    element('details', { class: 'behind' }, element('summary', {}, 'As a table'), place),
  );
}
