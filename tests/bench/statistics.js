/** Of a few repeated measurements. */

/** @param {number[]} values @returns {{ low: number, median: number, high: number }} */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    low: sorted[0],
    median: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2,
    high: sorted[sorted.length - 1],
  };
}

/** @param {number[]} values */
export const median = (values) => spread(values).median;
