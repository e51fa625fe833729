/** Code that reads and writes files of models, fetched the first time that it is needed. */

import { EngineError, reasonOf } from './errors.js';

/**
 * @returns {Promise<typeof import('./format/model-file.js')>}
 * @throws {EngineError} with the reason why the script is not there
 */
export async function loadFormats() {
  try {
    return await import('./format/model-file.js');
  } catch (cause) {
    throw new EngineError(`cannot load the code for files: ${reasonOf(cause)}`, { cause });
  }
}
