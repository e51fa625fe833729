/**
 * The page where there is no network: keeps every file of its version and gives them from then on.
 *
 * No page ever gets files of two versions. A version's files lie in a folder named by their contents, and
 * are kept with the hashes that were published with this script or not at all. The page itself comes
 * from the network as long as that answers, so that a reload has the newest; tabs that are open keep
 * what they were made with. MNIST is none of its business: see downloads.js.
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));
/** Put in by publish.js. @type {import('./publish.js').Published} */
const { version, files } = /** @type {any} */ (globalThis).PUBLISHED;

const { scope } = worker.registration;
/** Of this page: another copy on the same origin has another scope. */
const PREFIX = `dropout-wasm ${scope} `;
/** This version, and the one that open tabs were loaded from. */
const VERSIONS_KEPT = 2;
/** Of the page itself; the second where a server has no answer to the name of a folder. */
const PAGE_NAMES = ['', 'index.html'];
/** A network that says nothing for so long is none; what is kept comes at once. */
const PATIENCE_MS = 3000;

worker.addEventListener('install', (event) => {
  event.waitUntil(install().then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(removeOld().then(() => worker.clients.claim()));
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const [address] = request.url.split(/[?#]/);
  if (request.method !== 'GET' || !address.startsWith(scope)) return;
  const path = address.slice(scope.length);
  if (request.mode === 'navigate') {
    if (PAGE_NAMES.includes(path)) event.respondWith(givePage(request));
  } else if (/^[0-9a-f]{16}\//.test(path)) event.respondWith(giveFile(address, request));
});

/** All files or none: one that fails ends the installation, and the next visit tries again. */
async function install() {
  const cache = await caches.open(PREFIX + version);
  await Promise.all(
    Object.entries(files).map(async ([path, integrity]) => {
      await cache.put(scope + path, await load(path === '' ? PAGE_NAMES : [path], integrity));
    }),
  );
}

/**
 * @param {string[]} names the first that gives these very bytes
 * @param {string} integrity
 * @returns {Promise<Response>}
 */
async function load([name, ...others], integrity) {
  try {
    // Any cache on the way may have an old page under this name.
    const response = await fetch(scope + name, { integrity, cache: 'no-cache' });
    if (!response.ok) throw new Error(`${response.url}: HTTP ${response.status}`);
    // Without its history: an answer that came by a redirection is none to a navigation.
    return new Response(response.body, { headers: response.headers });
  } catch (error) {
    if (others.length === 0) throw error;
    return load(others, integrity);
  }
}

async function removeOld() {
  const old = (await ownCaches()).filter((name) => name !== PREFIX + version);
  // The oldest comes first.
  await Promise.all(old.slice(0, 1 - VERSIONS_KEPT).map((name) => caches.delete(name)));
}

async function ownCaches() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
}

/** @param {string} cacheName @param {string} address */
function kept(cacheName, address) {
  return caches.match(address, { cacheName, ignoreVary: true });
}

/** Whatever version the network has is whole: its folder says so. @param {Request} request */
async function givePage(request) {
  const page = await kept(PREFIX + version, scope);
  if (page === undefined) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, page));
  const isGood = (/** @type {Response} */ { ok, type }) => ok || type === 'opaqueredirect';
  const fresh = fetch(request).then(
    (response) => (isGood(response) ? response : page),
    () => page,
  );
  return Promise.race([fresh, late]);
}

/** @param {string} address @param {Request} request */
async function giveFile(address, request) {
  for (const name of await ownCaches()) {
    const file = await kept(name, address);
    if (file) return file;
  }
  return fetch(request); // of a version that is not kept, or what a browser short of room threw away
}
