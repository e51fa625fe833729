/** Philox4x32-10 and every random number that is drawn, from their definitions (Salmon et al., SC 2011,
 *  and the project's conventions), with nothing of the library. */

/** What a draw is for. */
export const KIND = Object.freeze({ weights: 0, shuffle: 1, training: 2, passes: 3, inference: 4 });

/** High and low 32 bits of the product of two 32-bit words, in halves that a double holds. */
function product(a, b) {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const one = a1 * b0 + Math.floor((a0 * b0) / 65536);
  const other = a0 * b1 + (one % 65536);
  const high = a1 * b1 + Math.floor(one / 65536) + Math.floor(other / 65536);
  return [high, Math.imul(a, b) >>> 0];
}

/** @param {number[]} key two 32-bit words @param {number[]} counter four */
export function philox([k0, k1], counter) {
  let [c0, c1, c2, c3] = counter;
  for (let round = 0; round < 10; round++) {
    const [aHigh, aLow] = product(0xd2511f53, c0);
    const [bHigh, bLow] = product(0xcd9e8d57, c2);
    [c0, c1, c2, c3] = [(bHigh ^ c1 ^ k0) >>> 0, bLow, (aHigh ^ c3 ^ k1) >>> 0, aLow];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/**
 * @typedef {object} Place
 * @property {number} seed
 * @property {number} kind
 * @property {number} [index] 0: of the dense layer, or of the layer that masks
 * @property {number} [row] 0
 * @property {number} [step] 0: or pass, epoch, draw
 */

/** The words of units 0 ... count - 1. @param {Place} place @returns {Uint32Array} */
export function words({ seed, kind, index = 0, row = 0, step = 0 }, count) {
  const key = [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
  const drawn = new Uint32Array(4 * Math.ceil(count / 4));
  for (let block = 0; 4 * block < count; block++) {
    drawn.set(philox(key, [block, row, step, kind * 65536 + index]), 4 * block);
  }
  return drawn.subarray(0, count);
}

/** 1 kept, 0 dropped. @param {Place} place @returns {Uint8Array} */
export const kept = (place, count, p) =>
  Uint8Array.from(words(place, count), (word) => Number(word >= p * 2 ** 32));

/** N(0, 1): a block serves two units. @param {Place} place @returns {Float64Array} */
export function normals(place, count) {
  const drawn = words(place, 2 * count);
  return Float64Array.from({ length: count }, (_, unit) => {
    const u1 = ((drawn[2 * unit] >>> 8) + 1) * 2 ** -24;
    const u2 = (drawn[2 * unit + 1] >>> 8) * 2 ** -24;
    return Math.sqrt(-2 * Math.log(u1)) * Math.cos(2 * Math.PI * u2);
  });
}

/** Rows in the order of an epoch (from 0): Fisher-Yates downwards. @returns {Uint32Array} */
export function shuffle(seed, epoch, n) {
  const drawn = words({ seed, kind: KIND.shuffle, step: epoch }, n);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i >= 1; i--) {
    const j = Number((BigInt(drawn[i]) * BigInt(i + 1)) >> 32n);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** How a layer masks, whatever its kind. */
function ruleOf(layer) {
  if (layer.type !== 'dense') return { mask: 'element', ...layer };
  return layer.dropConnect ?? { p: 0, mask: 'batch' };
}

/**
 * What the masking layers of a network draw, by layer, as `mask()` tells it and reference.js takes it:
 * dropout and alpha rows x units, Gaussian dropout its factors, DropConnect [out, in] or [rows, out, in].
 *
 * @param {{ input: number, layers: any[], seed: number }} spec its defaults filled in
 * @param {{ kind: number, step: number, rows: number, firstRow?: number, shared?: boolean }} where
 *   `step`: or pass; `shared`: one mask for all rows
 * @returns {Record<number, Uint8Array | Float64Array>}
 */
export function masksOf({ input, layers, seed }, { kind, step, rows, firstRow = 0, shared }) {
  const masks = {};
  let [width, index] = [input, 0];
  for (const [i, layer] of layers.entries()) {
    const { p, mask } = ruleOf(layer);
    const size = layer.type === 'dense' ? layer.units * width : width;
    width = layer.type === 'dense' ? layer.units : width;
    if (p === 0) continue;
    const isOne = shared || mask === 'batch';
    const drawn = Array.from({ length: rows }, (_, r) => {
      if (isOne && r > 0) return undefined;
      const place = { seed, kind, index, step, row: isOne ? 0 : firstRow + r };
      if (layer.type !== 'gaussianDropout') return kept(place, size, p);
      return normals(place, size).map((z) => 1 + Math.sqrt(p / (1 - p)) * z);
    });
    // Weights that all rows share are told once, units for every row.
    const lists = layer.type === 'dense' && isOne ? [drawn[0]] : drawn.map((d) => d ?? drawn[0]);
    const all = new drawn[0].constructor(lists.length * size);
    lists.forEach((list, r) => all.set(list, r * size));
    masks[i] = all;
    index++;
  }
  return masks;
}
