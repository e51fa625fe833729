/** Files of models on disk: read with their path in every error, written whole or not at all. */

import { randomUUID } from 'node:crypto';
import { access, constants, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { FileError } from '../errors.js';
import { loadModel } from '../load-model.js';
import { CANNOT_READ, CANNOT_WRITE, fail } from './file-error.js';

/**
 * @param {string} path
 * @param {import('../options.js').Runtime} runtime
 * @returns {Promise<import('../model.js').Model>}
 * @throws {FileError}
 */
export async function readModel(path, runtime) {
  const bytes = await readFile(path).catch((error) => fail(path, CANNOT_READ, error));
  try {
    return await loadModel(bytes, runtime);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new FileError(`${path}: ${error.message}`, { address: path, cause: error });
  }
}

/**
 * That it cannot be written must show before anything trains; nothing is written yet.
 * @param {string} path
 * @throws {FileError}
 */
export async function checkWritable(path) {
  const found = await stat(path).catch(() => undefined);
  // A device or a pipe cannot be replaced.
  if (found && !found.isFile()) throw new FileError(`${path}: it is no file`, { address: path });
  await access(dirname(path), constants.W_OK).catch((error) => fail(path, CANNOT_WRITE, error));
}

/**
 * The file's place is taken when all of the new one is on the disk: who is interrupted has the old one.
 * @param {string} path
 * @param {Uint8Array} bytes
 * @throws {FileError}
 */
export async function replaceFile(path, bytes) {
  const place = await realpath(path).catch(() => path); // a link stays a link
  const draft = `${place}.${randomUUID()}.tmp`;
  try {
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, place);
  } catch (error) {
    await rm(draft, { force: true });
    fail(path, CANNOT_WRITE, error);
  }
}
