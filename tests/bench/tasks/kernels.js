/** Rates of the products, dense ones and those that skip zeros, and of the probe's tiles. */

/** Entries of a product that are compared with sums in double precision cost so many terms at most. */
const CHECKED_TERMS = 5e7;

/** The fastest tiles of a first look race against the products. */
const RACING_TILES = 3;
const LOOKS = 5;
/** Of the race, before its times count. */
const WARM_UP_ROUNDS = 2;
/** Where the products are so large that the race's time is over before its rounds. */
const LEAST_ROUNDS = 3;

/**
 * @typedef {{ name: string, flop: number, seconds: number[] }} Timed `seconds` of one run, by round
 * @typedef {Timed & { share: number }} Listed with so many nonzeros; share 1: the dense kernel
 * @typedef {{ products: Timed[], tiles: Timed[], listed: Listed[], largestError: number }} Rates
 *   tiles: the fastest; largestError: over the bound of a float32 sum
 */

/**
 * @param {object} args
 * @param {'simd' | 'relaxed'} args.variant
 * @param {number} args.batch
 * @param {number} args.inputs
 * @param {number} args.units of both hidden layers
 * @param {number} args.rounds at most
 * @param {number} [args.limit] seconds of them all, about; Infinity
 * @param {boolean} [args.lists] whether products that skip zeros are timed, too
 * @param {number} args.seconds a product or tile and round, about; short, so that what else the
 *   machine does slows the whole round
 * @param {import('../in-page.js').Place} place
 * @returns {Promise<Rates>}
 */
export default async function kernels(
  { variant, batch, inputs, units, rounds, seconds, limit = Infinity, lists = false },
  { read },
) {
  const bytes = await read(`build/bench/kernels-${variant}.wasm`);
  const { exports } = (await WebAssembly.instantiate(bytes, {})).instance;
  const call = /** @type {Record<string, (...args: number[]) => number>} */ (exports);
  if (!call.kernel_prepare(batch, inputs, units)) throw new Error('no memory for the operands');
  const shape = { batch, inputs, units };
  const products = list(exports, 'kernel');
  const largestError = checkProducts(call, 'kernel', products, shape);
  const tiles = fastestTiles(call, list(exports, 'probe'), seconds);
  race([...products, ...tiles], WARM_UP_ROUNDS, seconds);
  const raced = race([...products, ...tiles], rounds, seconds, limit);
  const result = ({ name, flop, seconds }) => ({ name, flop, seconds: seconds.slice(-raced) });
  return {
    products: products.map(result),
    tiles: tiles.map(result),
    listed: lists ? timeLists(exports, shape, rounds, seconds) : [],
    largestError,
  };
}

/**
 * @param {WebAssembly.Exports} exports
 * @param {{ batch: number, inputs: number, units: number }} shape
 * @param {number} rounds
 * @param {number} seconds
 * @returns {Listed[]}
 */
function timeLists(exports, shape, rounds, seconds) {
  const call = /** @type {any} */ (exports);
  const { batch, inputs, units } = shape;
  if (!call.listed_prepare(batch, inputs, units)) throw new Error('no memory for lists');
  const listed = list(exports, 'listed');
  checkProducts(call, 'listed', listed, shape);
  race(listed, WARM_UP_ROUNDS, seconds);
  race(listed, rounds, seconds);
  return listed.map(({ at, name, flop, seconds }) => ({
    name,
    flop,
    share: call.listed_share(at),
    seconds: seconds.slice(-rounds),
  }));
}

/**
 * @param {Record<string, (...args: number[]) => number>} call
 * @param {Probed[]} tiles
 * @param {number} seconds
 */
function fastestTiles(call, tiles, seconds) {
  call.probe_prepare();
  for (const { at, name } of tiles) {
    const error = call.probe_error(at);
    if (error !== 0) throw new Error(`tile ${name} is wrong by ${error}; not timed`);
  }
  race(tiles, LOOKS, seconds);
  const rate = (/** @type {Probed} */ tile) => tile.flop / Math.min(...tile.seconds);
  return tiles.sort((a, b) => rate(b) - rate(a)).slice(0, RACING_TILES);
}

/**
 * @param {Probed[]} all
 * @param {number} rounds at most
 * @param {number} seconds of each in each round
 * @param {number} [limit] seconds of all rounds, about
 * @returns {number} rounds
 */
function race(all, rounds, seconds, limit = Infinity) {
  const end = performance.now() + 1e3 * limit;
  for (let round = 0; round < rounds; round++) {
    if (round >= LEAST_ROUNDS && performance.now() > end) return round;
    for (const one of all) one.seconds.push(time(one.run, seconds, one));
  }
  return rounds;
}

/** @typedef {ReturnType<typeof list>[number]} Probed */

/** @param {WebAssembly.Exports} exports @param {'kernel' | 'listed' | 'probe'} prefix */
function list(exports, prefix) {
  const call = /** @type {any} */ (exports);
  return Array.from({ length: call[`${prefix}_count`]() }, (_, at) => {
    const text = new Uint8Array(call.memory.buffer, call[`${prefix}_name`](at) >>> 0);
    return {
      at,
      name: new TextDecoder().decode(text.slice(0, text.indexOf(0))),
      flop: call[`${prefix}_flop`](at),
      run: (/** @type {number} */ times) => call[`${prefix}_run`](at, times),
      times: 1,
      seconds: /** @type {number[]} */ ([]),
    };
  });
}

/**
 * @param {Record<string, (...args: number[]) => number>} call
 * @param {'kernel' | 'listed'} prefix
 * @param {{ at: number, name: string, flop: number }[]} products
 * @param {{ batch: number, inputs: number, units: number }} shape
 */
function checkProducts(call, prefix, products, shape) {
  let largest = 0;
  for (const { at, name, flop } of products) {
    // Odd, so that the entries looked at lie in every row and column of a tile.
    const stride = 2 * Math.floor(flop / 2 / CHECKED_TERMS / 2) + 1;
    const error = call[`${prefix}_error`](at, stride);
    if (!(error <= 1)) {
      throw new Error(
        `${name} (${Object.values(shape).join(' x ')}) is wrong: its error is ${error} of its bound; not timed`,
      );
    }
    largest = Math.max(largest, error);
  }
  return largest;
}

/**
 * Seconds of one run, from as many as fill the time.
 * @param {(times: number) => void} run
 * @param {number} seconds
 * @param {{ times: number }} memory how many that were the last time
 */
function time(run, seconds, memory) {
  for (;;) {
    const start = performance.now();
    run(memory.times);
    const passed = (performance.now() - start) / 1e3;
    if (passed >= 0.8 * seconds) return passed / memory.times;
    const more = Math.min(10, Math.max(1.3, seconds / Math.max(passed, 1e-5)));
    memory.times = Math.ceil(memory.times * more);
  }
}
