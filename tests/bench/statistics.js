/** Of a few repeated measurements. */

/** @param {number[]} values @param {number} share 0: the least, 0.5: the median, 1: the most */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at % 1);
}

/** @param {number[]} values */
export const median = (values) => quantile(values, 0.5);

/** @param {number[]} values @returns {{ low: number, median: number, high: number }} */
export const spread = (values) => ({
  low: quantile(values, 0),
  median: median(values),
  high: quantile(values, 1),
});
