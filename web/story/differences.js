/** What steps 7 and 8 compare: two runs a row, and the link that sets the laboratory to them. */

/** @typedef {import('./runs.js').Metric} Metric */

/**
 * @typedef {object} Row
 * @property {string} label
 * @property {string} of link of one variant
 * @property {string} minus link of another, over the same seeds
 * @property {string} again link that sets the laboratory
 */

/**
 * @typedef {object} Differences
 * @property {string} caption
 * @property {string} variant whose colour and marker the rows have
 * @property {Row[]} rows
 * @property {Record<string, { range: [number, number], ticks: number[] }>} axes by metric
 * @property {[string, string]} sides what lies left and right of zero, where more is better
 */

const SGD = '&optimizer=sgd&seeds=1-5';
const SCALED = `#v=1&variants=standard${SGD}&learning-rate=0.01`;

/** @type {Differences} */
export const RATES = {
  caption:
    'unscaled at three rates, minus standard at the original rate (0.01): network intended, SGD, two epochs, five seeds. A mark is the mean of the paired differences, its line the 95 % interval; open where no difference is shown. A row takes about a minute on two cores.',
  variant: 'unscaled',
  rows: [
    { label: 'the same rate, 0.01', rate: 0.01 },
    { label: 'twice, 0.02', rate: 0.02 },
    { label: 'four times, 0.04', rate: 0.04 },
  ].map(({ label, rate }) => {
    const of = `#v=1&variants=unscaled${SGD}&learning-rate=${rate}`;
    return { label, of, minus: SCALED, again: of };
  }),
  axes: {
    accuracy: { range: [-0.04, 0.02], ticks: [-0.04, -0.03, -0.02, -0.01, 0, 0.01, 0.02] },
    loss: { range: [-0.1, 0.15], ticks: [-0.1, -0.05, 0, 0.05, 0.1, 0.15] },
  },
  sides: ['unscaled lower', 'unscaled higher'],
};

/** @param {string} variants @param {number} images @param {number} epochs */
const few = (variants, images, epochs) =>
  `#v=1&network=relu&variants=${variants}&epochs=${epochs}&train-size=${images}&seeds=1-10`;

/** @type {Differences} */
export const SIZES = {
  caption:
    'standard minus none on the test images: network relu, Adam 0.001, ten seeds. A mark is the mean of the paired differences, its line the 95 % interval; open where no difference is shown. The first row takes about a minute on two cores, the others about four.',
  variant: 'standard',
  rows: [
    { images: 1000, epochs: 40 },
    { images: 5000, epochs: 30 },
    { images: 60_000, epochs: 2 },
  ].map(({ images, epochs }) => ({
    label: `${images.toLocaleString('en')} images, ${epochs} epochs`,
    of: few('standard', images, epochs),
    minus: few('none', images, epochs),
    again: few('none,standard', images, epochs),
  })),
  axes: {
    accuracy: {
      range: [-0.008, 0.006],
      ticks: [-0.008, -0.006, -0.004, -0.002, 0, 0.002, 0.004, 0.006],
    },
    loss: { range: [-0.04, 0.02], ticks: [-0.04, -0.03, -0.02, -0.01, 0, 0.01, 0.02] },
  },
  sides: ['dropout lower', 'dropout higher'],
};
