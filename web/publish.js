/**
 * From the page's files to what a server is given:
 *
 *     node web/publish.js FROM TO
 *
 * All files but index.html go to a folder that is named by their contents: whatever a server, a cache or
 * an old tab does, a page gets the files it was made with, or none. Beside it stand index.html, which
 * names the folder, and the service worker, which holds the list of all files.
 */

import { createHash } from 'node:crypto';
import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const WORKER = fileURLToPath(new URL('service-worker.js', import.meta.url));
const PAGE = 'index.html';
/** Hexadecimal digits of the folder's name; service-worker.js knows such folders by their form. */
const DIGITS = 16;

/**
 * @typedef {object} Published what a service worker has to know
 * @property {string} version the folder's name
 * @property {Record<string, string>} files path below the page, '' for the page itself: integrity
 */

/**
 * @param {string} from folder with index.html and all that it and its scripts load, but data
 * @param {string} to folder; what is there stays, for those whose page is older
 * @returns {Promise<Published>}
 */
export async function publish(from, to) {
  const paths = await pathsIn(from);
  const contents = await Promise.all(paths.map((path) => readFile(join(from, path))));
  const version = versionOf(paths, contents);
  const others = paths.filter((path) => path !== PAGE);
  for (const path of others) await cp(join(from, path), join(to, version, path));
  const page = pointInto(version, contents[paths.indexOf(PAGE)].toString(), others);
  /** @type {Published} */
  const published = { version, files: { '': integrityOf(Buffer.from(page)) } };
  for (const path of others) {
    published.files[`${version}/${path}`] = integrityOf(contents[paths.indexOf(path)]);
  }
  await bundleWorker(published, to);
  await writeFile(join(to, PAGE), page); // last: only now does anybody find the rest
  return published;
}

/** @param {string} folder @returns {Promise<string[]>} of all files in it, in an order of their own */
async function pathsIn(folder) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

/** @param {string[]} paths @param {Buffer[]} contents */
function versionOf(paths, contents) {
  const hash = createHash('sha256');
  paths.forEach((path, i) => hash.update(`${path}\0${contents[i].length}\0`).update(contents[i]));
  return hash.digest('hex').slice(0, DIGITS);
}

/** @param {Buffer} content @returns {string} as `fetch` and the attribute of that name take it */
function integrityOf(content) {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}

/** @param {string} version @param {string} page @param {string[]} paths that it may name */
function pointInto(version, page, paths) {
  return page.replace(/\b(href|src)="([^"]+)"/g, (whole, name, path) =>
    paths.includes(path) ? `${name}="${version}/${path}"` : whole,
  );
}

/** @param {Published} published @param {string} to */
async function bundleWorker(published, to) {
  await build({
    entryPoints: [WORKER],
    outdir: to,
    bundle: true,
    minify: true,
    target: 'es2022',
    format: 'iife', // a script of type "module" is no service worker everywhere
    define: { 'globalThis.PUBLISHED': JSON.stringify(published) },
    logLevel: 'warning',
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const [from, to] = argv.slice(2);
  await publish(from, to);
}
