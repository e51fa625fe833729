/**
 * How near the package's dense products come to what the engine's arithmetic gives: their rate over
 * that of the best register tile, both timed round by round in the same processes. And up to which density those
 * that skip zeros are faster: what PAYING_SHARE in c/sparse.c lies a little below.
 */

import { quantile } from '../statistics.js';
import { newTable } from '../table.js';

/** The article's network, batch 64. */
const SHAPE = { batch: 64, inputs: 784, units: 512 };
const ROUNDS = 40;
/** In which the engines have their rounds, one after the other: a neighbour that is busy for half a
 *  minute then slows some rounds of each and not all of one. */
const TURNS = 4;
/** Of each product and tile in each round. */
const SECONDS = 0.01;

/**
 * @typedef {object} KernelRates
 * @property {string} engine key
 * @property {string} name of the engine
 * @property {string} variant
 * @property {{ name: string, gflops: number }[]} products
 * @property {number} together GFLOP/s of one run of all products
 * @property {{ name: string, gflops: number }} best tile
 * @property {number} ratio together / best
 * @property {number} largestError of the products, over the bound of a float32 sum
 * @property {Pays[]} listed products that skip zeros, then all of them together
 */

/** @typedef {{ name: string, share: number, gflops: number[] }} Pays share: of nonzeros, up to which
 *    skipping the others pays; gflops: of the dense product, then with a quarter, a half and three quarters nonzeros */

/** @param {import('../engines.js').Engine[]} engines @returns {Promise<KernelRates[]>} */
export async function measureKernels(engines) {
  const builds = engines.flatMap((engine) =>
    engine.variants.map((variant) => ({ engine, variant, turns: [] })),
  );
  for (let turn = 0; turn < TURNS; turn++) {
    for (const { engine, variant, turns } of builds) {
      const args = { variant, ...SHAPE, rounds: ROUNDS / TURNS, seconds: SECONDS, lists: true };
      turns.push(await engine.run('tasks/kernels', args));
    }
  }
  return builds.map(({ engine: { key, name }, variant, turns }) => {
    const rates = pooled(turns);
    return { engine: key, name, variant, ...digest(rates), listed: pays(rates.listed) };
  });
}

/**
 * The rounds of all turns as those of one. A tile may have raced in some of them alone: that can only make
 * the best one better.
 * @param {import('../tasks/kernels.js').Rates[]} turns
 * @returns {import('../tasks/kernels.js').Rates}
 */
export function pooled(turns) {
  /** @template {import('../tasks/kernels.js').Timed & { share?: number }} T @param {T[]} all @returns {T[]} */
  const joined = (all) => {
    /** @type {Map<string, T>} */
    const known = new Map();
    for (const one of all) {
      const key = `${one.name} ${one.share}`;
      const seconds = [...(known.get(key)?.seconds ?? []), ...one.seconds];
      known.set(key, { ...one, seconds });
    }
    return [...known.values()];
  };
  return {
    products: joined(turns.flatMap(({ products }) => products)),
    tiles: joined(turns.flatMap(({ tiles }) => tiles)),
    listed: joined(turns.flatMap(({ listed }) => listed)),
    largestError: Math.max(...turns.map(({ largestError }) => largestError)),
  };
}

/** What else the machine does only slows: the first quartile of many short rounds is undisturbed. */
const usual = (/** @type {number[]} */ seconds) => quantile(seconds, 0.25);

/** @param {import('../tasks/kernels.js').Timed} timed */
const rate = ({ name, flop, seconds }) => ({ name, gflops: flop / usual(seconds) / 1e9 });

/** @param {import('../tasks/kernels.js').Rates} rates */
export function digest({ products, tiles, largestError }) {
  const total = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0);
  const flop = total(products.map((product) => product.flop));
  const together = flop / total(products.map(({ seconds }) => usual(seconds))) / 1e9;
  const best = tiles.map(rate).reduce((a, b) => (b.gflops > a.gflops ? b : a));
  const ratio = together / best.gflops;
  return { products: products.map(rate), together, best, ratio, largestError };
}

/** @param {import('../tasks/kernels.js').Listed[]} listed @returns {Pays[]} */
export function pays(listed) {
  const names = [...new Set(listed.map(({ name }) => name))];
  const kernels = names.map((name) => ({
    name,
    times: listed
      .filter((one) => one.name === name)
      .map(({ share, flop, seconds }) => ({ share, flop, seconds: usual(seconds) })),
  }));
  const together = kernels[0].times.map(({ share }, i) => ({
    share,
    flop: kernels.reduce((sum, { times }) => sum + times[i].flop, 0),
    seconds: kernels.reduce((sum, { times }) => sum + times[i].seconds, 0),
  }));
  return [...kernels, { name: 'all of them', times: together }].map(({ name, times }) => ({
    name,
    share: breakEven(times),
    gflops: times.map(({ flop, seconds }) => flop / seconds / 1e9),
  }));
}

/**
 * Where the straight lines between the times with a list, or the last of them, reach the dense time.
 * @param {{ share: number, seconds: number }[]} times dense, then with a list by ascending share
 */
export function breakEven([dense, ...listed]) {
  const above = listed.findIndex(({ seconds }, i) => i > 0 && seconds >= dense.seconds);
  const [low, high] = listed.slice(above < 0 ? -2 : above - 1);
  const slope = (high.share - low.share) / (high.seconds - low.seconds);
  return low.share + (dense.seconds - low.seconds) * slope;
}

/** @param {KernelRates[]} rates */
function showLists(rates) {
  const table = newTable([
    'pays up to\n(GFLOP/s)',
    ...rates.map(({ name, variant }) => `${name}\n${variant}`),
  ]);
  for (const [i, { name }] of rates[0].listed.entries()) {
    const cells = rates.map(({ listed }) => {
      const [dense, ...sparse] = listed[i].gflops.map((rate) => rate.toFixed(1));
      return `${(100 * listed[i].share).toFixed(0)} %\n(${sparse.join(', ')} of ${dense})`;
    });
    table.push([name, ...cells]);
  }
  return `Skipping zeros: the share of nonzeros up to which it pays; rates at 25, 50 and 75 % of the dense one\n${table}`;
}

/** @param {KernelRates[]} rates */
export function showKernels(rates) {
  const table = newTable(['GFLOP/s', ...rates.map(({ name, variant }) => `${name}\n${variant}`)]);
  for (const [i, { name }] of rates[0].products.entries()) {
    table.push([name, ...rates.map(({ products }) => products[i].gflops.toFixed(1))]);
  }
  table.push(
    ['all of them', ...rates.map(({ together }) => together.toFixed(1))],
    [
      'best tile of the probe',
      ...rates.map(({ best }) => `${best.gflops.toFixed(1)} (${best.name})`),
    ],
    ['all / best tile', ...rates.map(({ ratio }) => `${(100 * ratio).toFixed(0)} %`)],
  );
  const { batch, inputs, units } = SHAPE;
  return `Dense products of ${inputs}-${units}-${units}, batch ${batch}, first quartile of ${ROUNDS} rounds in ${TURNS} turns\n${table}\n${showLists(rates)}`;
}
