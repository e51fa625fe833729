/**
 * The engine's script. As a worker that this package started, it owns the core and serves one
 * model. Imported, it does nothing but export: `load-engine.js` says who imports it.
 */

import { isNode, nodeModule } from './platform.js';
import { THREAD_NAME } from './protocol.js';
import { serve } from './serve.js';

export { serve };

/**
 * A lock of this worker's own, asked for before all else: the trip to the browser takes as long as the
 * core's start, and a page that learns its name only once it is held can wait for its end.
 * @returns {Promise<string | undefined>} its name; undefined where there are none, as in data: URLs
 */
function holdLock() {
  const name = `${THREAD_NAME} ${Math.random()}`;
  return new Promise((resolve) => {
    const forEver = () => new Promise(() => resolve(name));
    const refused = () => resolve(undefined);
    if (navigator.locks)
      navigator.locks.request(name, forEver).catch(refused); // secure contexts only
    else refused();
  });
}

// No await at the top level: bundlers cannot put one into a classic worker's script.
if (isNode) {
  const { parentPort, workerData } = nodeModule('worker_threads');
  if (parentPort && workerData === THREAD_NAME) {
    const { receive } = serve((response, transfer) => parentPort.postMessage(response, transfer));
    parentPort.on('message', receive);
  }
} else if ('DedicatedWorkerGlobalScope' in globalThis) {
  const scope = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));
  if (scope.name === THREAD_NAME) {
    const { receive } = serve(
      (response, transfer = []) => scope.postMessage(response, transfer),
      holdLock(),
    );
    scope.onmessage = ({ data }) => receive(data);
  }
}
