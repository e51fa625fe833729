/** Files of models on disk: read with their path in every error, written whole or not at all. */

import { randomUUID } from 'node:crypto';
import { open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';

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
  if (found ? !found.isFile() : path.endsWith(sep)) {
    throw new FileError(`${path}: it is no file`, { address: path });
  }
  const draft = draftOf(await placeOf(path));
  try {
    await (await open(draft, 'wx')).close();
    await rm(draft);
  } catch (error) {
    fail(path, CANNOT_WRITE, error);
  }
}

/** @param {string} path @param {string} other @returns {Promise<boolean>} whether both are one file, there or not yet */
export async function isSamePlace(path, other) {
  const [one, two] = await Promise.all([placeOf(path), placeOf(other)]);
  return one === two;
}

/**
 * A link stays a link, whether or not its file is there yet.
 * @param {string} path
 * @returns {Promise<string>} what is replaced
 */
async function placeOf(path) {
  const folder = await realpath(dirname(path)).catch(() => resolve(dirname(path)));
  const named = join(folder, basename(path));
  try {
    return await realpath(named);
  } catch (error) {
    // Links in a circle give ELOOP, so that those followed here end.
    const isAbsent = /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT';
    const target = isAbsent ? await readlink(named).catch(() => undefined) : undefined;
    return target === undefined ? named : placeOf(resolve(folder, target));
  }
}

/** @param {string} place @returns {string} beside it, so that a rename is enough */
const draftOf = (place) => `${place}.${randomUUID()}.tmp`;

/**
 * The file's place is taken when all of the new one is on the disk: who is interrupted has the old one.
 * @param {string} path
 * @param {Uint8Array} bytes
 * @throws {FileError}
 */
export async function replaceFile(path, bytes) {
  const place = await placeOf(path);
  const draft = draftOf(place);
  try {
    const file = await open(draft, 'wx');
    try {
      const old = await stat(place).catch(() => undefined);
      if (old) await file.chmod(old.mode); // whom it was closed to, it stays closed to
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, place);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {}); // what went wrong is said below
    fail(path, CANNOT_WRITE, error);
  }
}
