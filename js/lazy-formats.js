/** Code that reads and writes files of models, fetched when the first one is. */

import { loadPart } from './lazy.js';

/** @throws {import('./errors.js').EngineError} with the reason why the script is not there */
export const loadFormats = () =>
  loadPart('the code for files', './model-file.js', () => import('./format/model-file.js'));
