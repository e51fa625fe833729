/** Step 4's own run: trains one network without a factor, and evaluates its weights at many. */

import { createModel, variants } from '../../js/index.js';
import { COMPARISON_DEFAULTS } from '../../js/comparison/defaults.js';
import { readLink } from '../state.js';

/** Every number of the run, as for the laboratory and the command line. */
export const CURVE_LINK = '#v=1&variants=unscaled&seeds=1';

/** The right factor at p = 0.5 is 1/2, the rule of the article's text 2: both well within. */
export const FACTORS = Object.freeze([-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2].map((e) => 2 ** e));

/** While it trains, fewer images and factors, now and then: a look must not hold the training up. */
const GLANCE = { images: 1000, factors: [0.25, 0.5, 1, 2, 4], everySteps: 120 };

/** @typedef {import('../../js/index.js').Dataset} Dataset */
/** @typedef {import('../../js/index.js').FitProgress} FitProgress */
/** @typedef {import('../../js/model.js').Model} Model */
/** @typedef {{ factor: number, loss: number, accuracy: number, macroF1: number, ece: number }} Point */

/** The factors of the figure, keep and 1 / keep among them. @param {number} p */
export function factorsFor(p) {
  const keep = 1 - p;
  const rules = keep > 0 ? [keep, 1 / keep] : [];
  return [...new Set([...FACTORS, ...rules])].sort((a, b) => a - b);
}

/**
 * @param {Model} model
 * @param {Dataset} data
 * @param {readonly number[]} factors
 * @param {AbortSignal} [signal]
 * @returns {Promise<Point[]>}
 */
export async function curveOf(model, data, factors, signal) {
  const points = [];
  for (const factor of factors) {
    const report = await model.evaluate(data, { evalScale: factor, ...(signal && { signal }) });
    const { loss, accuracy, macroF1, ece } = report;
    points.push({ factor, loss, accuracy, macroF1, ece });
  }
  return points;
}

/**
 * @param {{ train: Dataset, test: Dataset }} data
 * @param {object} on
 * @param {AbortSignal} on.signal
 * @param {(progress: FitProgress) => void} on.progress
 * @param {(points: Point[], progress: FitProgress) => void} on.glance the curve so far, of few images
 * @param {import('../trained.js').Trained} on.trained keeps the model for other parts of the page
 * @returns {Promise<{ variant: string, seed: number, p: number, trainSize: number, epochs: number, points: Point[], weightsHash: string }>}
 */
export async function runCurve({ train, test }, { signal, progress, glance, trained }) {
  const settings = readLink(CURVE_LINK);
  const { p, network, epochs, batchSize, optimizer } = settings;
  const { trainSize = COMPARISON_DEFAULTS.trainSize } = settings;
  const [variant] = settings.variants;
  const [seed] = settings.seeds;
  const spec = { ...variants[variant](network, p), seed };
  const model = await createModel(spec);
  try {
    const look = glancer(model, firstRows(test, GLANCE.images), glance);
    const onProgress = (/** @type {FitProgress} */ told) => {
      progress(told);
      look.at(told);
    };
    const options = { epochs, batchSize, optimizer, signal, onProgress };
    const { steps } = await model.fit(firstRows(train, trainSize), options);
    await look.end();
    const points = await curveOf(model, test, factorsFor(p), signal);
    await trained.keepStory({ variant, network, seed, spec, steps }, model);
    return { variant, seed, p, trainSize, epochs, points, weightsHash: await model.hash() };
  } finally {
    await model.dispose();
  }
}

/**
 * @param {Model} model
 * @param {Dataset} data
 * @param {(points: Point[], progress: FitProgress) => void} told
 */
function glancer(model, data, told) {
  let next = GLANCE.everySteps;
  /** @type {Promise<void>} */
  let running = Promise.resolve();
  let busy = false;
  const look = async (/** @type {FitProgress} */ progress) => {
    busy = true;
    try {
      told(await curveOf(model, data, GLANCE.factors), progress);
    } finally {
      busy = false;
    }
  };
  return {
    /** @param {FitProgress} progress */
    at(progress) {
      if (busy || progress.step < next) return;
      next = progress.step + GLANCE.everySteps;
      running = look(progress);
      running.catch(() => {}); // told at the end, or the training has failed too
    },
    end: () => running,
  };
}

/** @param {Dataset} data @param {number} rows @returns {Dataset} */
function firstRows(data, rows) {
  const samples = Math.min(rows, data.samples);
  const { images, labels, features } = data;
  return {
    ...data,
    samples,
    images: images.subarray(0, samples * features),
    labels: labels.subarray(0, samples),
  };
}
