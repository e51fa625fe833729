/**
 * What this package promises, and what was measured: one row a target. A ratio is of medians of the
 * same run.
 */

import { PAGE_LIMIT } from './sections/page-size.js';
import { rivalTime } from './sections/predict.js';
import { secondsOf } from './sections/times.js';
import { newTable } from './table.js';

/**
 * @typedef {object} Results what was measured; sections that were left out are missing
 * @property {import('./sections/times.js').Times} [times]
 * @property {import('./sections/kernels.js').KernelRates[]} [kernels]
 * @property {import('./sections/predict.js').Predictions[]} [predict]
 * @property {import('./sections/comparison.js').Comparison} [comparison]
 * @property {import('./sections/page.js').PageFigures} [page]
 * @property {import('./sections/footprint.js').Footprint[]} [footprint]
 * @property {import('./sections/footprint.js').Size} [size]
 * @property {import('./sections/sweep.js').Sweep[]} [sweep]
 */

/**
 * @typedef {object} Target
 * @property {string} what
 * @property {number} must
 * @property {number} aim above `must` where more is better, below it where less is
 * @property {(value: number) => string} show
 * @property {(results: Results, engine: string) => number | undefined} value undefined: not measured
 *   there
 */

/** Rounded against the package: what is shown as reached is reached. The rest is for 1.9 * 100. */
const down = (/** @type {number} */ value, digits = 0) =>
  (Math.floor(value * 10 ** digits + 1e-9) / 10 ** digits).toFixed(digits);
const up = (/** @type {number} */ value, digits = 0) =>
  (Math.ceil(value * 10 ** digits - 1e-9) / 10 ** digits).toFixed(digits);

const times = (/** @type {number} */ value) => `${down(value, 2)} x`;
const percent = (/** @type {number} */ value) => `${down(100 * value)} %`;
const of =
  (/** @type {string} */ unit, digits = 0) =>
  (/** @type {number} */ value) =>
    `${up(value, digits)} ${unit}`;

/** @param {number | undefined} a @param {number | undefined} b */
const ratio = (a, b) => (a === undefined || b === undefined ? undefined : a / b);

/**
 * @param {string} name of the case
 * @param {string} rival
 * @param {'simd' | 'relaxed'} variant
 * @returns {Target['value']}
 */
const faster = (name, rival, variant) => (results, engine) =>
  ratio(
    secondsOf(results.times, rival, name),
    secondsOf(results.times, `${engine}-${variant}`, name),
  );

/** @param {string} name @param {string} rival @returns {Target['value']} in Chromium, its best build */
const fasterInChromium = (name, rival) => (results, engine) =>
  engine === 'chromium'
    ? (faster(name, rival, 'relaxed')(results, engine) ??
      faster(name, rival, 'simd')(results, engine))
    : undefined;

/** @param {'simd' | 'relaxed'} variant @returns {Target['value']} */
const kernelRatio = (variant) => (results, engine) =>
  results.kernels?.find((rates) => rates.engine === engine && rates.variant === variant)?.ratio;

/** @param {'strict' | 'fast'} numerics @returns {Target['value']} of the same float32 images */
const predictRatio = (numerics) => (results, engine) => {
  const found = results.predict?.find((one) => one.engine === engine);
  return found && ratio(rivalTime(found.times), found.times[`${numerics}, float32`]);
};

/** @param {Results} results @param {string} engine */
const footprint = (results, engine) => results.footprint?.find((one) => one.engine === engine);

/** @param {(page: import('./sections/page.js').PageFigures, results: Results) => number | undefined} of */
const onPage = (of) => (/** @type {Results} */ results, /** @type {string} */ engine) =>
  engine === 'chromium' && results.page ? of(results.page, results) : undefined;

/** @type {Target[]} */
const TARGETS = [
  ...['article-sgd', 'article-scaled-sgd'].flatMap((name) => [
    {
      what: `${name} against PyTorch, relaxed SIMD`,
      must: 2,
      aim: 2.5,
      show: times,
      value: faster(name, 'torch', 'relaxed'),
    },
    {
      what: `${name} against PyTorch, plain SIMD`,
      must: 1.5,
      aim: 2,
      show: times,
      value: faster(name, 'torch', 'simd'),
    },
  ]),
  {
    what: 'standard-sgd against PyTorch, relaxed SIMD',
    must: 1.3,
    aim: 1.7,
    show: times,
    value: faster('standard-sgd', 'torch', 'relaxed'),
  },
  {
    what: 'standard-sgd against PyTorch, plain SIMD',
    must: 1,
    aim: 1.3,
    show: times,
    value: faster('standard-sgd', 'torch', 'simd'),
  },
  {
    what: 'standard-adam against PyTorch, relaxed SIMD',
    must: 1.5,
    aim: 2.2,
    show: times,
    value: faster('standard-adam', 'torch', 'relaxed'),
  },
  {
    what: 'standard-adam against PyTorch, plain SIMD',
    must: 1.2,
    aim: 1.7,
    show: times,
    value: faster('standard-adam', 'torch', 'simd'),
  },
  {
    what: 'article-sgd against jax-js',
    must: 5,
    aim: 7,
    show: times,
    value: fasterInChromium('article-sgd', 'jax'),
  },
  {
    what: 'article-sgd against TensorFlow.js',
    must: 40,
    aim: 60,
    show: times,
    value: fasterInChromium('article-sgd', 'tensorflow'),
  },
  {
    what: 'standard-sgd against jax-js',
    must: 3.5,
    aim: 4.5,
    show: times,
    value: fasterInChromium('standard-sgd', 'jax'),
  },
  {
    what: 'standard-sgd against TensorFlow.js',
    must: 28,
    aim: 40,
    show: times,
    value: fasterInChromium('standard-sgd', 'tensorflow'),
  },
  {
    what: 'dense products against the best tile, plain SIMD',
    must: 0.8,
    aim: 0.95,
    show: percent,
    value: kernelRatio('simd'),
  },
  {
    what: 'dense products against the best tile, relaxed SIMD',
    must: 0.8,
    aim: 0.95,
    show: percent,
    value: kernelRatio('relaxed'),
  },
  {
    what: 'their rate over sizes and batches, lowest / highest',
    must: 0.6,
    aim: 0.8,
    show: percent,
    value: (results, engine) => results.sweep?.find((one) => one.engine === engine)?.evenness,
  },
  {
    what: 'predict against onnxruntime-web, plain SIMD',
    must: 1.5,
    aim: 3,
    show: times,
    value: predictRatio('strict'),
  },
  {
    what: 'predict against onnxruntime-web, relaxed SIMD',
    must: 1.5,
    aim: 3,
    show: times,
    value: predictRatio('fast'),
  },
  {
    what: 'default comparison against one worker, share of the cores',
    must: 0.8,
    aim: 0.95,
    show: percent,
    value: ({ comparison }, engine) =>
      engine === 'chromium' && comparison ? comparison.ratio / comparison.cores : undefined,
  },
  {
    what: 'default comparison on the page, likewise',
    must: 0.8,
    aim: 0.95,
    show: percent,
    value: onPage(({ seconds, cores }, { comparison }) =>
      ratio(comparison?.sequential, seconds * cores),
    ),
  },
  {
    // Above 50 ms readers feel it (W3C's long tasks); 17: a screen's 60 frames a second, rounded up.
    what: 'page: between two frames meanwhile, 95th percentile',
    must: 50,
    aim: 17,
    show: of('ms'),
    value: onPage(({ frames }) => frames.p95),
  },
  {
    // A second is the limit of an unbroken flow of thought (Miller 1968).
    what: 'page: navigation to usable',
    must: 1000,
    aim: 300,
    show: of('ms'),
    value: onPage(({ usable }) => usable),
  },
  {
    what: 'page without MNIST, gzip',
    must: PAGE_LIMIT / 1e3,
    aim: 200,
    show: of('KB', 1),
    value: onPage(({ size }) => size.bytes / 1e3),
  },
  {
    what: 'import to the first finished step',
    must: 150,
    aim: 60,
    show: of('ms'),
    value: (results, engine) => footprint(results, engine)?.start,
  },
  {
    what: 'JavaScript and one core, gzip',
    must: 45,
    aim: 30,
    show: of('KB', 1),
    value: ({ size }, engine) => (engine === 'chromium' && size ? size.bytes / 1e3 : undefined),
  },
  {
    what: 'peak memory of a training',
    must: 90,
    aim: 60,
    show: of('MB'),
    value: (results, engine) => {
      const bytes = footprint(results, engine)?.memory?.bytes;
      return bytes === undefined ? undefined : bytes / 1e6;
    },
  },
  {
    what: 'allocations in the steps after the first',
    must: 0,
    aim: 0,
    show: String,
    value: (results, engine) => {
      const found = footprint(results, engine)?.allocations;
      return found && found.calls + found.grownBytes;
    },
  },
];

/** @param {Target} target @param {number} value @returns {'aim' | 'must' | 'MISSED'} what is reached */
function verdict({ must, aim }, value) {
  const isMoreBetter = aim > must;
  const reaches = (/** @type {number} */ goal) => (isMoreBetter ? value >= goal : value <= goal);
  return reaches(aim) ? 'aim' : reaches(must) ? 'must' : 'MISSED';
}

/**
 * @param {Results} results
 * @param {string[]} engines keys
 * @returns {{ what: string, must: number, aim: number, measured: Record<string, { value: number, reached: string }> }[]}
 *   targets of which something was measured
 */
export function judge(results, engines) {
  return TARGETS.map((target) => {
    const measured = engines.flatMap((engine) => {
      const value = target.value(results, engine);
      return value === undefined ? [] : [[engine, { value, reached: verdict(target, value) }]];
    });
    const { what, must, aim } = target;
    return { what, must, aim, measured: Object.fromEntries(measured) };
  }).filter(({ measured }) => Object.keys(measured).length > 0);
}

/**
 * @param {Results} results
 * @param {string[]} engines keys
 * @returns {string[][]} target, must, aim, then what each engine reaches
 */
export function targetRows(results, engines) {
  return judge(results, engines).map(({ what, measured }) => {
    const { must, aim, show } = TARGETS.find((target) => target.what === what);
    const cells = engines.map((key) =>
      measured[key] ? `${show(measured[key].value)}  ${measured[key].reached}` : '',
    );
    return [what, show(must), show(aim), ...cells];
  });
}

/** @param {Results} results @param {import('./engines.js').Engine[]} engines */
export function showTargets(results, engines) {
  const table = newTable(['target', 'must', 'aim', ...engines.map(({ name }) => name)]);
  table.push(
    ...targetRows(
      results,
      engines.map(({ key }) => key),
    ),
  );
  return table.length === 0
    ? ''
    : `Targets and what they reach: the aim, the must, or neither\n${table}`;
}
