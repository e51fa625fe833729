/**
 * The benchmark: this package, its rivals, and its targets, all in one run.
 *
 *     npm run bench                        this package alone
 *     npm run bench -- --peers             with its rivals, which are installed (half an hour)
 *     npm run bench -- --only kernels      the dense products against the engine's best register tile
 *     npm run bench -- --only sweep        other sizes of network and batch
 *     node tests/bench/markdown.js         what the last whole run and sweep gave, into README
 *
 * Times of one run compare with each other, not with those of another day.
 */

import { open, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { ENGINE_NAMES, startEngines } from './engines.js';
import { USAGE, UsageError, readOptions } from './options.js';
import { ONNXRUNTIME_FOLDER, startRivals } from './peers/rivals.js';
import { measureComparison, showComparison } from './sections/comparison.js';
import { measureFootprint, measureSize, showFootprint } from './sections/footprint.js';
import { measureKernels, showKernels } from './sections/kernels.js';
import { measurePage, showPage } from './sections/page.js';
import { measurePredict, showPredict } from './sections/predict.js';
import { measureSweep, showSweep, writeSweep } from './sections/sweep.js';
import { measureTimes, ours, showTimes } from './sections/times.js';
import { judge, showTargets } from './targets.js';

const RESULTS = new URL('results/', import.meta.url);

/** @typedef {Awaited<ReturnType<typeof startRivals>>} Rivals */

/**
 * @param {NonNullable<ReturnType<typeof readOptions>>} options
 * @param {import('./engines.js').Engine[]} engines
 * @param {Rivals} rivals
 */
async function measure({ sections, cases, repeat }, engines, rivals) {
  /** @type {import('./targets.js').Results} */
  const results = {};
  const chromium = engines.find(({ key }) => key === 'chromium');
  if (sections.includes('footprint')) {
    results.footprint = await measureFootprint(engines);
    results.size = await measureSize();
    console.log(showFootprint(results.footprint, results.size));
  }
  if (sections.includes('kernels')) {
    results.kernels = await measureKernels(engines);
    console.log(showKernels(results.kernels));
  }
  if (sections.includes('times')) {
    const contestants = [...ours(engines), ...rivals.contestants];
    results.times = await measureTimes(contestants, cases, repeat);
    console.log(showTimes(results.times, repeat));
  }
  if (sections.includes('predict')) {
    const folder = rivals.onnxruntime && ONNXRUNTIME_FOLDER;
    results.predict = await measurePredict(engines, folder);
    console.log(showPredict(results.predict, rivals.onnxruntime));
  }
  if (sections.includes('comparison') && chromium) {
    results.comparison = await measureComparison(chromium);
    console.log(showComparison(results.comparison));
  }
  if (sections.includes('page') && chromium) {
    results.page = await measurePage();
    console.log(showPage(results.page));
  }
  if (sections.includes('sweep')) {
    results.sweep = await measureSweep(engines);
    console.log(showSweep(results.sweep));
  }
  return results;
}

/** What was measured where. @param {import('./engines.js').Engine[]} engines @param {Rivals} rivals */
const describe = (engines, rivals) => ({
  date: new Date().toISOString(),
  machine: `${os.cpus()[0].model}, ${os.availableParallelism()} cores, ${os.version()}`,
  engines: Object.fromEntries(engines.map(({ key, name }) => [key, name])),
  rivals: rivals.versions,
});

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) return console.log(USAGE);
  const file = options.json ?? (options.isWhole ? new URL('latest.json', RESULTS) : undefined);
  if (file) await (await open(file, 'a')).close(); // what cannot be written shows at once
  const engines = await startEngines(options.engines);
  try {
    const chromium = engines.find(({ key }) => key === 'chromium');
    const rivals = await startRivals(options.rivals, chromium);
    const about = describe(engines, rivals);
    console.log(`${about.machine}, ${about.date.slice(0, 10)}`);
    const results = await measure(options, engines, rivals);
    const load = os.loadavg()[1];
    if (load > os.availableParallelism())
      console.log(`The machine was busy: load ${load.toFixed(1)}`);
    console.log(showTargets(results, engines));
    const targets = judge(results, options.engines);
    if (file)
      await writeFile(
        file,
        `${JSON.stringify({ ...about, load, targets, ...results }, null, 1)}\n`,
      );
    if (results.sweep && engines.length === ENGINE_NAMES.length)
      await writeSweep(results.sweep, about, RESULTS);
  } finally {
    for (const engine of engines) await engine.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
