/** What the command line says of a file that the system refuses. */

import { FileError } from '../errors.js';

export const CANNOT_READ = 'cannot be read';
export const CANNOT_WRITE = 'cannot be written';

/**
 * @param {string} path
 * @param {string} what
 * @param {unknown} error the system's
 * @returns {never}
 * @throws {FileError}
 */
export function fail(path, what, error) {
  const { message } = /** @type {Error} */ (error);
  throw new FileError(`${path}: ${what}: ${message}`, { address: path, cause: error });
}
