/** The command `train`: one run of a comparison, whose model is kept. */

import { compare } from '../compare.js';
import { SETTINGS } from '../comparison/settings.js';
import { checkPlace, loadData } from './data.js';
import { ONE, UsageError } from './arguments.js';
import { STDOUT, openJson } from './lines.js';
import { checkWritable, isSamePlace, replaceFile } from './model-files.js';
import { progressBar } from './progress.js';
import { say } from './say.js';
import { reportTable } from './tables.js';

/**
 * @param {Extract<import('./arguments.js').Request, { command: 'train' }>} request
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export async function trainCommand({ settings, data: base, json, save }, signal) {
  // First what takes no time and may fail.
  await checkPlace(base);
  if (save !== undefined) {
    if (json !== undefined && json !== STDOUT && (await isSamePlace(save, json))) {
      throw new UsageError('--save and --json name the same file');
    }
    await checkWritable(save);
  }
  const { write, report } = await openJson(json, say);
  const data = await loadData(base, signal, settings.trainSize);
  const { variants, ...options } = settings;
  const bar = progressBar(process.stderr);
  try {
    const { runs } = await compare(variants, data, {
      ...options,
      signal,
      onProgress: bar.update,
      onRun: async (line, { model }) => {
        if (save !== undefined) await replaceFile(save, await model.save());
        await write(line);
      },
    });
    bar.stop();
    const [line] = runs;
    report.write(`npx dropout-wasm train ${wordsOf(settings)}\n\n`); // what was run, to be run again
    report.write(reportTable({ ...line, samples: data.test.samples }, line.weightsHash));
    if (save !== undefined) report.write(`\nsaved ${save}\n`);
  } finally {
    bar.stop();
  }
}

/** @param {import('../comparison/settings.js').Settings} settings @returns {string} as `train` takes them */
function wordsOf(settings) {
  return SETTINGS.flatMap(({ flag, format }) => {
    const text = format(settings);
    return text === undefined ? [] : [`--${ONE[flag] ?? flag} ${text}`];
  }).join(' ');
}
