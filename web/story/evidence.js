/** A sentence with the recorded numbers that show it, and those of the same runs made in this tab. */

import { differenceSentence, formatMean, metricInfo } from '../../js/report.js';
import { summarize } from '../../js/statistics.js';
import { element, find, table } from '../dom.js';
import { readLink, sentenceOf } from '../state.js';
import { RECORDED, remarkOn, runsIn } from './runs.js';

/** @typedef {import('./runs.js').Metric} Metric */

/**
 * @typedef {object} Evidence
 * @property {string} title
 * @property {string[]} words a paragraph each
 * @property {string} link the comparison; its first variant is the baseline
 * @property {[Metric, string][]} rows metric and variant
 * @property {boolean} [difference] rows are differences from the baseline
 */

/** @param {string} place a selector @param {Evidence} evidence @param {import('../run.js').Experiment} experiment */
export function showEvidence(place, evidence, experiment) {
  const numbers = element('div', { class: 'scroll', tabIndex: 0, role: 'group' });
  if (evidence.difference) numbers.classList.add('stacked'); // sentences
  numbers.setAttribute('aria-label', evidence.title);
  const { title, words, link } = evidence;
  const again = element('a', { href: link }, 'Load these settings');
  find(place).append(evidenceArticle(title, words, again, numbers));
  const update = () => numbers.replaceChildren(tableOf(evidence, experiment.history));
  experiment.addEventListener('run', update);
  update();
}

/**
 * @param {string} title
 * @param {string[]} words a paragraph each; what stands between backquotes is code
 * @param {HTMLElement} action what the reader can do about it
 * @param {HTMLElement} numbers beside the words
 * @returns {HTMLElement}
 */
export function evidenceArticle(title, words, action, numbers) {
  return element(
    'article',
    { class: 'finding' },
    element(
      'div',
      { class: 'finding-words' },
      element('h3', {}, title),
      ...words.map((paragraph) => element('p', {}, ...withCode(paragraph))),
      element('p', { class: 'again' }, action),
    ),
    numbers,
  );
}

/** @param {string} text @returns {(Node | string)[]} */
function withCode(text) {
  return text.split('`').map((part, i) => (i % 2 ? element('code', {}, part) : part));
}

/** @param {Evidence} evidence @param {import('./runs.js').Runs} history */
function tableOf({ link, rows, difference }, history) {
  const baseline = readLink(link).variants[0];
  const columns = [RECORDED, history].map((runs) => {
    const found = runsIn(link, runs);
    return found.some(({ variant }) => variant === baseline) ? summarize(found, baseline) : [];
  });
  const kind = difference
    ? `Difference from ${baseline}, paired by seed, with its 95 % interval`
    : 'Mean ± half of the 95 % interval';
  return table({
    caption: `${kind}: ${sentenceOf(readLink(link))}.`,
    head: ['', 'recorded', 'this tab'],
    rows: rows.map(([metric, variant]) => [
      `${metricInfo[metric].label}, ${variant}`,
      ...columns.map((summary) => {
        const row = summary.find((one) => one.metric === metric && one.variant === variant);
        if (row === undefined) return '–';
        const remark = remarkOn(row.n, link);
        if (!difference) return formatMean(row.mean, row.interval) + remark;
        return row.difference ? withFigures(differenceSentence(row.difference) + remark) : '–';
      }),
    ]),
  });
}

/** A difference in words, its figures kept on one line where there is room. @param {string} words */
export function withFigures(words) {
  const parts = words.split(/([+−]\S+ \[.*\])/);
  return element(
    'span',
    {},
    ...parts.map((part, i) => (i % 2 ? element('span', { class: 'figures' }, part) : part)),
  );
}
