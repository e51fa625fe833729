/**
 * The benchmark: this package and its rivals, in the same run.
 *
 *     npm run bench                        this package alone
 *     npm run bench -- --only kernels      the dense products against the engine's best register tile
 *
 * Times of one run compare with each other, not with those of another day.
 */

import { startEngines } from './engines.js';
import { UsageError, readOptions } from './options.js';
import { measureKernels, showKernels } from './sections/kernels.js';

async function main() {
  const options = readOptions(process.argv.slice(2));
  const engines = await startEngines(options.engines);
  try {
    if (options.sections.includes('kernels')) {
      console.log(showKernels(await measureKernels(engines)));
    }
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
