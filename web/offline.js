/** Keeps the page for days without a network, where the browser has service workers. */

import { show } from './dom.js';

const SCRIPT = 'service-worker.js';
const WORDS = {
  page: 'Your browser keeps this page: it opens without a network. MNIST is kept once it was fetched.',
  all: 'Your browser keeps this page and MNIST: it trains without a network.',
};

/**
 * Pages on plain http and in some private windows have none, and stay as they are.
 * @param {import('./data.js').Data} data
 */
export function startOffline(data) {
  const workers = navigator.serviceWorker;
  if (workers === undefined) return;
  // What the reader waits for comes first.
  if (document.readyState === 'complete') keep(workers, data);
  else addEventListener('load', () => keep(workers, data), { once: true });
}

/** @param {ServiceWorkerContainer} workers @param {import('./data.js').Data} data */
async function keep(workers, data) {
  try {
    await workers.register(new URL(SCRIPT, document.baseURI));
    await workers.ready;
  } catch {
    return; // Refused, or the script is not there: the reader has what any page gives.
  }
  const say = async () => show('offline', (await data.isKept()) ? WORDS.all : WORDS.page);
  data.addEventListener('kept', say);
  await say();
}
