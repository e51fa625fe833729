/**
 * The engine's script. As a worker that this package started, it owns the core and serves one
 * model. Imported, it does nothing but export: `load-engine.js` says who imports it.
 */

import { isNode, nodeModule } from './platform.js';
import { THREAD_NAME } from './protocol.js';
import { serve } from './serve.js';

export { serve };

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
    const { receive } = serve((response, transfer = []) => scope.postMessage(response, transfer));
    scope.onmessage = ({ data }) => receive(data);
  }
}
