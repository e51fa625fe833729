/** The commands `compare` and `run`. */

import { compare } from '../compare.js';
import { formatLink } from '../link.js';
import { checkPlace, loadData } from './data.js';
import { openJson } from './lines.js';
import { say } from './say.js';
import { progressBar } from './progress.js';
import { hashTable, summaryTables } from './tables.js';

/**
 * @param {Extract<import('./arguments.js').Request, { command: 'compare' | 'run' }>} request
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export async function compareCommand(request, signal) {
  const { command, settings, data: base, json, workers } = request;
  const { variants, ...options } = settings;
  // First what takes no time and may fail.
  await checkPlace(base);
  const { completed, write, report } = await openJson(json, say);
  const data = await loadData(base, signal, settings.trainSize);
  let trained = 0;
  const bar = progressBar(process.stderr);
  try {
    const { runs, summary } = await compare(variants, data, {
      ...options,
      workers,
      completed,
      signal,
      onProgress: bar.update,
      onRun: (line) => {
        trained++;
        return write(line);
      },
    });
    bar.stop();
    if (trained < runs.length) {
      const taken = runs.length - trained;
      say(`${taken} of ${runs.length} runs were in ${json} already`);
    }
    report.write(`npx dropout-wasm run '#${formatLink(settings)}'\n\n`); // what was run, to be run again
    report.write(summaryTables(summary, settings.baseline ?? variants[0]));
    if (command === 'run') report.write(`\n${hashTable(runs)}`);
  } finally {
    bar.stop();
  }
}
