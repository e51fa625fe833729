/** Philox4x32-10 and the order of an epoch, from their definitions (Salmon et al., SC 2011, and the
 *  project's conventions), with nothing of the library. */

const KIND_SHUFFLE = 1;

/** @param {number[]} key two 32-bit words @param {number[]} counter four */
export function philox([k0, k1], counter) {
  let [c0, c1, c2, c3] = counter;
  const product = (a, b) => {
    const wide = BigInt(a) * BigInt(b);
    return [Number(wide >> 32n), Number(wide & 0xffffffffn)];
  };
  for (let round = 0; round < 10; round++) {
    const [aHigh, aLow] = product(0xd2511f53, c0);
    const [bHigh, bLow] = product(0xcd9e8d57, c2);
    [c0, c1, c2, c3] = [(bHigh ^ c1 ^ k0) >>> 0, bLow, (aHigh ^ c3 ^ k1) >>> 0, aLow];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** Rows in the order of an epoch (from 0): Fisher-Yates downwards. @returns {Uint32Array} */
export function shuffle(seed, epoch, n) {
  const key = [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
  const words = [];
  for (let block = 0; 4 * block < n; block++) {
    words.push(...philox(key, [block, 0, epoch, KIND_SHUFFLE * 65536]));
  }
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i >= 1; i--) {
    const j = Number((BigInt(words[i]) * BigInt(i + 1)) >> 32n);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
