/** The file of `--json`: a line a run, added as runs end, read again when a comparison goes on. */

import { appendFile, readFile, stat, truncate } from 'node:fs/promises';

import { FileError } from '../errors.js';
import { CANNOT_READ, CANNOT_WRITE, fail } from './file-error.js';

/** @typedef {import('../comparison/line.js').RunLine} RunLine */

/**
 * @param {string} path
 * @param {(text: string) => void} say hears of a line that was cut off
 * @returns {Promise<RunLine[]>} none where there is no file yet
 * @throws {FileError} where the file holds something else: nothing is then written to it
 */
export async function readLines(path, say) {
  const text = await readText(path);
  // Editors and shells of Windows put a byte order mark first; after `cat` it stands anywhere.
  const lines = text.split('\n').map((line) => line.replace(/^\uFEFF/, ''));
  // What follows the last newline was cut off while it was written, or is the empty rest.
  const torn = lines.pop() ?? '';
  const runs = lines.flatMap((line, i) => (line.trim() === '' ? [] : [parse(line, i, path)]));
  if (torn !== '' && (await mend(path, text, torn, runs, lines.length))) {
    say(`the last line of ${path} was cut off while it was written: that run is done again`);
  }
  return runs;
}

/** @param {string} path */
async function readText(path) {
  try {
    // A device or a pipe may never end; what is not there yet is ENOENT.
    if (!(await stat(path)).isFile()) throw new Error('it is no file; - is standard output');
    return await readFile(path, 'utf8');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return '';
    return fail(path, CANNOT_READ, error);
  }
}

/**
 * @param {string} line
 * @param {number} index from 0
 * @param {string} path
 * @returns {RunLine}
 */
function parse(line, index, path) {
  const run = parseObject(line);
  if (run) return run;
  throw new FileError(
    `${path}: line ${index + 1} is not a run of a comparison; name another file, or none`,
    { address: path },
  );
}

/** @param {string} line @returns {RunLine | undefined} */
function parseObject(line) {
  try {
    const value = JSON.parse(line);
    return typeof value?.variant === 'string' && typeof value.spec === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** How every line that `appendLine` writes begins. */
const BEGINNING = '{"spec":';

/** @param {string} text @returns {boolean} what was cut off while it was written is none */
function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} text */
const isBeginningOfRun = (text) => text.startsWith(BEGINNING) || BEGINNING.startsWith(text);

/**
 * A last line without its newline: kept if it is whole, else taken away, so that the next line
 * does not grow together with it.
 * @param {string} path
 * @param {string} text of the file
 * @param {string} torn
 * @param {RunLine[]} runs gets the line that is whole
 * @param {number} index of the torn line
 * @returns {Promise<boolean>} whether it was taken away
 */
async function mend(path, text, torn, runs, index) {
  const run = parseObject(torn);
  if (run) {
    runs.push(run);
    await appendFile(path, '\n');
  } else if (isJson(torn) || (index === 0 && !isBeginningOfRun(torn))) {
    parse(torn, index, path); // Somebody else's: left as it is.
  } else {
    await truncate(path, Buffer.byteLength(text) - Buffer.byteLength(torn));
    return true;
  }
  return false;
}

/** Stands for standard output in `--json`. */
export const STDOUT = '-';

/**
 * What `--json` asks for.
 * @param {string | undefined} json a path, or - for standard output
 * @param {(text: string) => void} say as of `readLines`
 * @returns {Promise<{ completed: RunLine[], write: (line: RunLine) => unknown, report: NodeJS.WriteStream }>}
 *   `completed`: runs in the file; `report`: where words for a person go
 * @throws {FileError}
 */
export async function openJson(json, say) {
  const [out, report] = [process.stdout, json === STDOUT ? process.stderr : process.stdout];
  if (json === undefined) return { completed: [], write() {}, report };
  if (json === STDOUT) {
    const write = (/** @type {RunLine} */ line) => void out.write(`${JSON.stringify(line)}\n`);
    return { completed: [], write, report };
  }
  const completed = await readLines(json, say);
  await openLines(json);
  return { completed, write: (line) => appendLine(json, line), report };
}

/**
 * Makes the file where there is none: that it cannot be written must show before anything trains.
 * @param {string} path
 */
export const openLines = (path) => append(path, '');

/**
 * @param {string} path
 * @param {RunLine} line
 */
export const appendLine = (path, line) => append(path, `${JSON.stringify(line)}\n`);

/** @param {string} path @param {string} text */
async function append(path, text) {
  try {
    await appendFile(path, text);
  } catch (error) {
    fail(path, CANNOT_WRITE, error);
  }
}
