/** An evaluation's report, out of the core's memory. */

/** `enum dw_report_field` */
export const FIELDS = ['samples', 'loss', 'accuracy', 'macroF1', 'ece', 'brier'];
/** Of the reliability diagram. */
export const BINS = 15;

/**
 * @typedef {object} Report
 * @property {number} samples rows
 * @property {number} loss mean negative log-likelihood, nats
 * @property {number} accuracy 0 to 1
 * @property {number} macroF1 mean over the data's classes; 0 for a class where it is undefined
 * @property {number} ece expected calibration error over 15 bins of the top probability
 * @property {number} brier mean over rows of the sum over outputs of (p - y)^2
 * @property {{ count: number, confidence: number, accuracy: number }[]} reliability the 15 bins
 *   (k/15, (k+1)/15]
 * @property {{ precision: number, recall: number, f1: number, support: number }[]} perClass one a class,
 *   `support`: its rows
 * @property {Uint32Array} confusion classes x columns, true by predicted, row-major; one column more
 *   than classes where the model has more outputs
 */

/**
 * @param {import('./core/core.js').Core} core
 * @param {number} report handle
 * @param {number} classes
 * @param {number} columns
 * @returns {Report}
 */
export function readReport(core, report, classes, columns) {
  const length = FIELDS.length + 3 * BINS + 4 * classes;
  const values = core.copy(Float64Array, core.call.dw_report_view(report), length);
  const rows = (
    /** @type {number} */ start,
    /** @type {number} */ n,
    /** @type {number} */ width,
  ) =>
    Array.from({ length: n }, (_, i) =>
      values.subarray(start + width * i, start + width * (i + 1)),
    );
  const classesStart = FIELDS.length + 3 * BINS;
  return /** @type {Report} */ ({
    ...Object.fromEntries(FIELDS.map((field, i) => [field, values[i]])),
    reliability: rows(FIELDS.length, BINS, 3).map(([count, confidence, accuracy]) => ({
      count,
      confidence,
      accuracy,
    })),
    perClass: rows(classesStart, classes, 4).map(([precision, recall, f1, support]) => ({
      precision,
      recall,
      f1,
      support,
    })),
    confusion: core.copy(Uint32Array, core.call.dw_confusion_view(report), classes * columns),
  });
}
