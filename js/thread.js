/** A thread with an engine: a worker of browsers or of Node, or the caller's own thread. */

import { newWorker, workerScript } from '#assets';
import { loadEngine } from './load-engine.js';
import { WorkerLostError, reasonOf } from './errors.js';
import { isNode, nodeModule, scriptAddress } from './platform.js';
import { FREE_MS, THREAD_NAME } from './protocol.js';

/**
 * @typedef {object} Thread
 * @property {string} address of its script
 * @property {boolean} isOwn the caller's own: a message arrives as it is, and not as a copy
 * @property {(message: import('./protocol.js').Request, transfer?: ArrayBuffer[]) => void} post
 * @property {(on: { message: (data: any) => void, lost: (reason: string, cause?: unknown) => void }) => void} listen
 * @property {() => void} terminate
 * @property {() => void} ref keeps Node alive while calls are pending
 * @property {() => void} unref
 * @property {WebAssembly.Module} [module] the core that runs there, once it does
 */

/** Threads that idle between two models, and whether the one before is freed. @type {Map<Thread, Promise<boolean>>} */
const spares = new Map();
let keepers = 0;

/**
 * Until what this gives is called, a page keeps the threads of models that are disposed of for those
 * made next, so that a comparison fetches no script once the network is gone. That goes for every model
 * of the page: one that has nothing to do with the comparison may leave its thread here or take one.
 * Node reads its script from a disk, and keeps none.
 */
export function keepThreads() {
  keepers++;
  return () => {
    keepers--;
    if (keepers > 0) return;
    for (const { terminate } of spares.keys()) terminate();
    spares.clear();
  };
}

/** @param {Thread} thread whose calls have all ended well */
export function leaveThread(thread) {
  if (keepers === 0 || isNode || thread.isOwn) return thread.terminate();
  const freed = new Promise((resolve) => {
    // A model that could not be freed would hold its memory under all that follow.
    const lost = () => {
      spares.delete(thread);
      thread.terminate();
      resolve(false);
    };
    const late = setTimeout(lost, FREE_MS);
    const message = (/** @type {any} */ data) => {
      const kind = data?.kind;
      if (kind === 'pong') return; // to a ping that the model's last call has overtaken
      clearTimeout(late);
      if (kind === 'result') resolve(true);
      else lost();
    };
    thread.listen({ message, lost });
  });
  spares.set(thread, freed);
  thread.post({ kind: 'call', id: 0, method: 'destroy', args: undefined, paused: false });
}

/**
 * @param {boolean} worker
 * @param {string} [workerUrl] default: `worker.js` beside this script
 * @returns {Promise<Thread>}
 */
export async function startThread(worker, workerUrl) {
  if (!worker) return startHere();
  if (isNode) return startInNode(workerUrl);
  const address = scriptOf(workerUrl);
  for (const [thread, freed] of spares) {
    if (thread.address !== address) continue;
    spares.delete(thread);
    if (await freed) return thread;
  }
  return startInBrowser(address, workerUrl);
}

/**
 * @param {string} [workerUrl]
 * @returns {string}
 * @throws {WorkerLostError} in a script that does not know where it lies
 */
const scriptOf = (workerUrl) => workerUrl ?? started('worker.js', workerScript);

/** @returns {Promise<Thread>} */
async function startHere() {
  const { serve } = await loadEngine();
  /** @type {(response: import('./protocol.js').Response) => void} */
  let told = () => {};
  const { receive, close } = serve((response) => told(response));
  return {
    address: 'on this thread',
    isOwn: true,
    post: receive,
    listen({ message }) {
      told = message;
    },
    terminate() {
      told = () => {};
      close();
    },
    ref() {},
    unref() {},
  };
}

/** @param {string} [workerUrl] @returns {Thread} */
function startInNode(workerUrl) {
  const { Worker } = nodeModule('worker_threads');
  const url = scriptOf(workerUrl);
  const address = url.replace(/^(data:.{20}).*/s, '$1...'); // which may be a whole script
  // Without this process's own flags: some, as --input-type, forbid a script.
  const worker = started(
    address,
    () => new Worker(toUrl(url), { execArgv: [], workerData: THREAD_NAME }),
  );
  worker.unref();
  return {
    address,
    isOwn: false,
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    listen({ message, lost }) {
      worker.on('message', message);
      worker.on('messageerror', (error) => lost('a message could not be read', error));
      worker.on('error', (error) => lost(error?.message ?? String(error), error));
      worker.on('exit', (code) => lost(`it ended with exit code ${code}`));
    },
    terminate: () => void worker.terminate(),
    ref: () => worker.ref(),
    unref: () => worker.unref(),
  };
}

/** @param {string} address @param {string} [workerUrl] @returns {Thread} */
function startInBrowser(address, workerUrl) {
  const script = started(address, () => importForeign(address)) ?? workerUrl;
  const hint = (script ?? address).startsWith('blob:')
    ? '; where the page has a policy, its worker-src must allow blob:'
    : '';
  const start = () =>
    script ? new Worker(script, { type: 'module', name: THREAD_NAME }) : newWorker();
  const worker = started(address, start, hint);
  let end = (/** @type {string} */ _reason) => {};
  // A browser says nothing when a worker closes, but it lets go of its locks then.
  const watch = (/** @type {string} */ lock) =>
    void navigator.locks?.request(lock, () => end('it was closed')).catch(() => {}); // a page that ends
  return {
    address,
    isOwn: false,
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    listen({ message, lost }) {
      end = lost;
      worker.onmessage = ({ data }) => {
        if (data?.kind === 'ready' && data.lock) watch(data.lock);
        message(data);
      };
      worker.onmessageerror = (event) => lost('a message could not be read', event);
      worker.onerror = (event) => {
        event.preventDefault?.();
        lost((event.message || 'its script could not be loaded or run') + hint);
      };
    },
    terminate: () => worker.terminate(),
    ref() {},
    unref() {},
  };
}

/**
 * Browsers refuse a worker from another origin, but let one import from there what that server shares.
 * @param {string} url of a script
 * @returns {string | undefined} of one on this origin which imports it, if it is from another one
 */
function importForeign(url) {
  const { href, protocol, origin } = new URL(url, globalThis.document?.baseURI ?? location.href);
  if (!protocol.startsWith('http') || origin === location.origin) return undefined;
  return scriptAddress(`import ${JSON.stringify(href)};`);
}

/** @param {string} url */
const toUrl = (url) => (/^(file|data):/.test(url) ? new URL(url) : url);

/**
 * @template T
 * @param {string} url
 * @param {() => T} start
 * @param {string} [hint]
 * @returns {T}
 */
function started(url, start, hint = '') {
  try {
    return start();
  } catch (cause) {
    const message = `the worker ${url} cannot be started: ${reasonOf(cause)}${hint}`;
    throw new WorkerLostError(message, { cause });
  }
}
