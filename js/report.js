/** Figures as words, the same in the terminal and on the page. */

/** What a metric is called, and which way is better. */
export const metricInfo = Object.freeze({
  accuracy: { label: 'accuracy', better: 'higher' },
  macroF1: { label: 'macro F1', better: 'higher' },
  loss: { label: 'NLL', better: 'lower' },
  ece: { label: 'ECE', better: 'lower' },
  brier: { label: 'Brier', better: 'lower' },
});

/**
 * Three significant digits, never in exponents a reader must decode within everyday sizes.
 * @param {number} value
 * @returns {string} a dash for what is not a number
 */
export function formatNumber(value) {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value < 0 ? '−∞' : '∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-5 || size >= 1e6) return minus(value.toExponential(2));
  const text = value.toPrecision(3);
  return minus(text.includes('e') ? String(Number(text)) : text);
}

/** A true minus sign, as wide as a plus. @param {string} text */
function minus(text) {
  return text.replaceAll('-', '−');
}

/** @param {number} value @returns {string} with its sign, also when positive */
function formatSigned(value) {
  return value > 0 ? `+${formatNumber(value)}` : formatNumber(value);
}

/**
 * A mean and its interval with as many decimals as the interval's half width has at two
 * significant digits, so that no digit is shown that the data do not carry.
 * @param {number} mean
 * @param {readonly [number, number]} interval
 * @returns {string} such as '0.9123 ± 0.0021', or three digits of the mean for a single run
 */
export function formatMean(mean, [low, high]) {
  const half = (high - low) / 2;
  if (!Number.isFinite(half)) return formatNumber(mean);
  if (half === 0) return `${formatNumber(mean)} ± 0`;
  const decimals = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(half))));
  return minus(`${mean.toFixed(decimals)} ± ${half.toFixed(decimals)}`);
}

/**
 * @param {{ mean: number, interval: readonly [number, number] }} difference
 * @returns {boolean | undefined} whether zero lies outside the interval; undefined where one pair
 *   alone gives no interval
 */
export function isShown({ interval: [low, high] }) {
  if (Number.isNaN(low) || Number.isNaN(high)) return undefined;
  return low > 0 || high < 0;
}

/**
 * @param {{ mean: number, interval: readonly [number, number] }} difference
 * @returns {string} '−0.150 [−0.162, −0.138]', or the same after 'no difference shown:'
 */
export function differenceSentence(difference) {
  const { mean, interval } = difference;
  const shown = isShown(difference);
  if (shown === undefined) return `${formatSigned(mean)}, one seed: no interval`;
  const figures = `${formatSigned(mean)} [${interval.map(formatSigned).join(', ')}]`;
  return shown ? figures : `no difference shown: ${figures}`;
}

/**
 * @param {number} milliseconds
 * @returns {string} '8 s', '3 min 20 s', '1 h 5 min'
 */
export function formatDuration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
