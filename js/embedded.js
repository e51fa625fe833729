/**
 * The worker's script and the plain build of the core, inside a script. esbuild and Rollup bundle
 * imports and leave other files behind: then these serve.
 */

// @ts-expect-error the bundler puts the file here, in base64
export { default as simd } from '../dist/wasm/dropout-simd.wasm';
// @ts-expect-error the bundler puts the file here, as text
export { default as worker } from '../build/embedded/worker.txt';
