/** The command line as a process, and a small data set in MNIST's four files. */

import { execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** @param {string[]} words @returns {Promise<{ status: number, stdout: string, stderr: string }>} */
export const run = (...words) =>
  new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...words], (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

/**
 * Kills the command without a warning.
 * @param {Promise<unknown>} moment when
 * @param {string[]} words
 * @returns {Promise<boolean>} false: it had ended by itself
 */
export const runKilled = (moment, ...words) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...words], { stdio: 'ignore' });
    moment.then(() => child.kill('SIGKILL'), reject);
    child.on('error', reject);
    child.on('exit', (_, signal) => resolve(signal === 'SIGKILL'));
  });

/** @param {string} text @returns {any[]} of each line of JSON */
export const parseLines = (text) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** @param {number} kind of IDX: 3 images of 28 x 28, 1 labels @param {number[]} shape @param {Uint8Array} data */
function idx(kind, shape, data) {
  const head = Buffer.alloc(4 + 4 * kind);
  head.set([0, 0, 8, kind]);
  shape.forEach((size, i) => head.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([head, data]);
}

/**
 * Random images, a class a pattern of its own.
 * @param {string} folder made if it is not there
 * @param {() => number} random in [0, 1)
 * @param {{ train: number, test: number }} samples
 */
export async function writeImages(folder, random, samples) {
  await mkdir(folder, { recursive: true });
  for (const [name, count] of [
    ['train', samples.train],
    ['t10k', samples.test],
  ]) {
    const labels = Uint8Array.from({ length: count }, () => Math.floor(10 * random()));
    const images = Uint8Array.from({ length: count * 784 }, (_, i) =>
      i % 10 === labels[Math.floor(i / 784)] || random() < 0.1 ? Math.floor(256 * random()) : 0,
    );
    await writeFile(join(folder, `${name}-images-idx3-ubyte`), idx(3, [count, 28, 28], images));
    await writeFile(join(folder, `${name}-labels-idx1-ubyte`), idx(1, [count], labels));
  }
}
