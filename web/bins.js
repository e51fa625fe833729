/** Bins of reliability diagrams, taken together. */

/** @typedef {{ count: number, confidence: number, accuracy: number }} Bin images in it, their mean top probability, and the share that is right */

/**
 * The diagram of all images of several, bin by bin: means weighted by the number of images.
 * @param {readonly (readonly Bin[])[]} reports as long as each other
 * @returns {Bin[]} none of no report; an empty bin has 0 and 0
 */
export function poolBins(reports) {
  const [first = []] = reports;
  return first.map((_, k) => {
    const bins = reports.map((report) => report[k]);
    const count = bins.reduce((sum, bin) => sum + bin.count, 0);
    const share = (/** @type {'confidence' | 'accuracy'} */ key) =>
      count === 0 ? 0 : bins.reduce((sum, bin) => sum + bin.count * bin[key], 0) / count;
    return { count, confidence: share('confidence'), accuracy: share('accuracy') };
  });
}
