/** Bytes of the page as it is published, packed as servers do. */

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const PAGE = fileURLToPath(new URL('../../../dist/page/', import.meta.url));
const GZIP = { level: 9 };
/** Bytes: two seconds on a connection of a megabit. */
export const PAGE_LIMIT = 250_000;
/** Not MNIST, which comes when somebody plays. */
const DATA = /^mnist\//;
/** What only the service worker loads, or a setting that is not the default: the worker itself, the core for
 *  numerics 'fast'. */
const LATER = /^(service-worker\.js|wasm\/dropout-relaxed\.wasm)$/;
const VERSION = /^[0-9a-f]{16}\//;

/**
 * @typedef {object} PageSize gzip, by the path below the page or below its version's folder
 * @property {number} bytes of `files`
 * @property {Record<string, number>} files
 * @property {Record<string, number>} others
 */

/** @returns {Promise<PageSize>} */
export async function measurePageSize() {
  /** @type {PageSize} */
  const size = { bytes: 0, files: {}, others: {} };
  for (const entry of await readdir(PAGE, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name).slice(PAGE.length).replaceAll('\\', '/');
    const name = path.replace(VERSION, '');
    if (DATA.test(name)) continue;
    const packed = gzipSync(await readFile(PAGE + path), GZIP).length;
    if (LATER.test(name)) size.others[name] = packed;
    else {
      size.files[name] = packed;
      size.bytes += packed;
    }
  }
  return size;
}
