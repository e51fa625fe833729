/**
 * README's tables of speed, from the raw results beside it. `node tests/bench/markdown.js` puts them
 * into README between their marks; a test holds README against the results.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { EPOCH_STEPS } from './cases.js';
import { BATCHES, UNITS } from './sections/sweep.js';
import { spread } from './statistics.js';
import { targetRows } from './targets.js';

const README = new URL('../../README.md', import.meta.url);
const RESULTS = new URL('results/', import.meta.url);

/** @param {string} name */
const readResults = async (name) => JSON.parse(await readFile(new URL(name, RESULTS), 'utf8'));

/** @param {string[]} head @param {string[][]} rows */
const markdownTable = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Median and range. @param {any[]} all @param {string} key @param {string} name of the case */
function timeCell(all, key, name) {
  const runs = all.filter((run) => run.key === key && run.name === name);
  if (runs.length === 0) return '';
  const { low, median, high } = spread(runs.map(({ seconds }) => seconds));
  const show = (/** @type {number} */ value) => value.toFixed(median < 20 ? 2 : 0);
  const { steps } = runs[0];
  return `${show(median)} (${show(low)}–${show(high)})${steps < EPOCH_STEPS ? `, from ${steps} steps` : ''}`;
}

/** @param {any} results */
function timesTable({ times }) {
  const cases = [...new Set(times.runs.map(({ name }) => name))];
  const rows = times.contestants.map(({ key, name }) => [
    name,
    ...cases.map((wanted) => timeCell(times.runs, key, wanted)),
  ]);
  return markdownTable(['seconds an epoch', ...cases.map((name) => `\`${name}\``)], rows);
}

/** @param {any} results @param {any} sweep */
function targetsTable(results, { sweeps }) {
  const keys = Object.keys(results.engines);
  const rows = targetRows({ ...results, sweep: sweeps }, keys);
  const cells = (row) =>
    row.map((cell) => cell.replace(/  (\w+)$/, (_, reached) => `, ${reached}`));
  const head = ['target', 'must', 'aim', ...keys.map((key) => results.engines[key])];
  return markdownTable(head, rows.map(cells));
}

/** @param {any} sweep */
function sweepTable({ sweeps }) {
  const [{ name, points }] = sweeps;
  const rows = UNITS.map((units) => {
    const row = points.filter((point) => point.units === units);
    return [
      `${units} units`,
      ...row.map((point) => `${point.seconds.toFixed(1)} s, ${point.gflops.toFixed(0)}`),
    ];
  });
  const head = [`${name}: s, GFLOP/s`, ...BATCHES.map((batch) => `batch ${batch}`)];
  return markdownTable(head, rows);
}

/** @returns {Promise<Record<string, string>>} tables by the name of their mark */
export async function readmeTables() {
  const [results, sweep] = [await readResults('latest.json'), await readResults('sweep.json')];
  return {
    times: timesTable(results),
    targets: targetsTable(results, sweep),
    sweep: sweepTable(sweep),
  };
}

/** @param {string} name of the marks */
export const marked = (name) => new RegExp(`(<!-- ${name} -->\\n).*?(<!-- end -->)`, 's');

/** @param {string} readme @param {string} name @returns {string | undefined} */
export const tableIn = (readme, name) =>
  readme.match(marked(name))?.[0].split('\n').slice(1, -1).join('\n');

if (argv[1] === fileURLToPath(import.meta.url)) {
  let readme = await readFile(README, 'utf8');
  for (const [name, table] of Object.entries(await readmeTables())) {
    readme = readme.replace(marked(name), (_, start, end) => `${start}${table}\n${end}`);
  }
  await writeFile(README, readme);
}
