/** Files of models on disk: read with their path in every error, written whole or not at all. */

import { randomUUID } from 'node:crypto';
import { open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';

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
  try {
    if (found && !(await isModelOrEmpty(path)))
      throw new Error('it holds something else than a model');
    const draft = draftOf(await placeOf(path));
    await (await open(draft, 'wx')).close();
    await rm(draft);
  } catch (error) {
    fail(path, CANNOT_WRITE, error);
  }
}

/** By the brace that every safetensors file has behind the eight bytes of a length. @param {string} path */
async function isModelOrEmpty(path) {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(9), 0, 9, 0);
    return bytesRead === 0 || buffer[8] === 0x7b;
  } finally {
    await file.close();
  }
}

/** @param {string} path @param {string} other @returns {Promise<boolean>} whether both are one file, there or not yet */
export async function isSamePlace(path, other) {
  const place = (/** @type {string} */ name) => placeOf(name).catch(() => undefined);
  const [one, two] = await Promise.all([place(path), place(other)]);
  return one !== undefined && one === two;
}

/** As many as Linux follows. */
const LINKS = 40;

/**
 * A link stays a link, whether or not its file is there yet. Paths go to the system as they are: what
 * `..` means behind a link, only it knows.
 * @param {string} path
 * @returns {Promise<string>} what is replaced
 * @throws {Error} the system's, where the folder is not there
 */
async function placeOf(path, links = LINKS) {
  const folder = await realpath(dirname(path));
  const named = join(folder, basename(path));
  const target = await readlink(named).catch(() => undefined);
  if (target === undefined) return named;
  if (links === 0) throw new Error('ELOOP: too many symbolic links');
  return placeOf(isAbsolute(target) ? target : folder + sep + target, links - 1);
}

/** @param {string} place @returns {string} beside it, so that a rename is enough */
const draftOf = (place) => join(dirname(place), `.${randomUUID()}.tmp`);

/**
 * The file's place is taken when all of the new one is on the disk: who is interrupted has the old one.
 * @param {string} path
 * @param {Uint8Array} bytes
 * @throws {FileError} which names the new file where only its place could not be taken
 */
export async function replaceFile(path, bytes) {
  const place = await placeOf(path).catch((error) => fail(path, CANNOT_WRITE, error));
  const draft = draftOf(place);
  try {
    await writeWhole(draft, bytes, await stat(place).catch(() => undefined));
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {}); // what went wrong is said below
    fail(path, CANNOT_WRITE, error);
  }
  await rename(draft, place).catch((error) => {
    fail(path, `${CANNOT_WRITE}, and the model is in ${draft}`, error);
  });
}

/** @param {string} path @param {Uint8Array} bytes @param {import('node:fs').Stats} [old] the file that it is to replace */
async function writeWhole(path, bytes, old) {
  const file = await open(path, 'wx');
  try {
    if (old) await file.chmod(old.mode); // whom it was closed to, it stays closed to
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
