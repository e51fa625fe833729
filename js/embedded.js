/**
 * The worker's script and the builds of the core, inside a script. esbuild and Rollup bundle imports
 * and leave other files behind: then these serve. `dropout-wasm/inline` has nothing else.
 */

// @ts-expect-error the bundler puts the file here, as text
import cores from '../build/embedded/cores.txt';
import { isNode, nodeModule } from './platform.js';
// Last, so that in `inline.js` it lies within gzip's window of the engine itself, which it repeats.
// @ts-expect-error the bundler puts the file here, as text
export { default as worker } from '../build/embedded/worker.txt';

/**
 * @param {import('./core/variants.js').CoreVariant} variant
 * @returns {Promise<Uint8Array>}
 */
export async function core(variant) {
  // As `pack_cores` in build.sh wrote it: the relaxed build lies between the halves of the other.
  const [start, end] = cores.split(' ', 2).map(Number);
  const packed = atob(cores.slice(cores.lastIndexOf(' ') + 1));
  const both = await gunzip(Uint8Array.from(packed, (char) => char.charCodeAt(0)));
  if (variant === 'relaxed') return both.subarray(start, end);
  return both.copyWithin(start, end).subarray(0, start - end);
}

/** @param {Uint8Array<ArrayBuffer>} packed @returns {Promise<Uint8Array>} */
async function gunzip(packed) {
  // Simulated documents of test runners have neither streams nor whole blobs.
  if (isNode) return nodeModule('zlib').gunzipSync(packed);
  const unpacking = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(unpacking).arrayBuffer());
}
