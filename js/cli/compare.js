/** The commands `compare` and `run`. */

import { compare } from '../compare.js';
import { formatLink } from '../link.js';
import { checkPlace, loadData } from './data.js';
import { appendLine, openLines, readLines } from './lines.js';
import { progressBar } from './progress.js';
import { hashTable, summaryTables } from './tables.js';

/** Stands for standard output in `--json`. */
const STDOUT = '-';

/**
 * @param {Extract<import('./arguments.js').Request, { command: 'compare' | 'run' }>} request
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export async function compareCommand(request, signal) {
  const { command, settings, data: base, json, workers } = request;
  const { variants, ...options } = settings;
  const file = json === STDOUT ? undefined : json;
  // First what takes no time and may fail.
  await checkPlace(base);
  const completed = file === undefined ? [] : await readLines(file, say);
  if (file !== undefined) await openLines(file);
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
        if (json === STDOUT) process.stdout.write(`${JSON.stringify(line)}\n`);
        else if (file !== undefined) return appendLine(file, line);
      },
    });
    bar.stop();
    if (trained < runs.length) {
      const taken = runs.length - trained;
      say(`${taken} of ${runs.length} runs were in ${file} already`);
    }
    const out = json === STDOUT ? process.stderr : process.stdout;
    out.write(`dropout-wasm run '#${formatLink(settings)}'\n\n`); // what was run, to be run again
    out.write(summaryTables(summary, settings.baseline ?? variants[0]));
    if (command === 'run') out.write(`\n${hashTable(runs)}`);
  } finally {
    bar.stop();
  }
}

/** @param {string} text a line for a person */
function say(text) {
  process.stderr.write(`${text}\n`);
}
