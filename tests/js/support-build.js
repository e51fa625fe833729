/**
 * Which build of the core the suites run on. They run twice, on dropout-simd.wasm and, with
 * TEST_NUMERICS=fast, on dropout-relaxed.wasm (Node 20: --experimental-wasm-relaxed-simd); what
 * makes a model does it through this file, which sees to it that no other build stands in.
 */

import assert from 'node:assert/strict';

import * as library from '../../dist/index.js';
import { Core } from '../../js/core/core.js';
import { loadModule } from '../../js/core/module.js';

/** @type {import('../../js/defaults.js').Numerics} */
export const NUMERICS = /** @type {any} */ (process.env.TEST_NUMERICS ?? 'strict');
assert.ok(['strict', 'fast'].includes(NUMERICS), `TEST_NUMERICS=${NUMERICS}`);

/** @type {import('../../js/core/variants.js').CoreVariant} */
export const VARIANT = NUMERICS === 'fast' ? 'relaxed' : 'simd';
export const WASM = new URL(`../../dist/wasm/dropout-${VARIANT}.wasm`, import.meta.url);

/** `createModel` on this build, where the caller chooses no other. @type {typeof library.createModel} */
export const createModel = (spec, runtime) => open(library.createModel, spec, runtime);

/** `loadModel` likewise. @type {typeof library.loadModel} */
export const loadModel = (bytes, runtime) => open(library.loadModel, bytes, runtime);

/** @param {(what: any, runtime: object) => Promise<any>} make @param {object} what */
async function open(make, what, runtime) {
  const model = await make(what, { numerics: NUMERICS, ...runtime });
  if (runtime?.numerics || runtime?.wasm || runtime?.workerUrl) return model;
  const { variant } = await model.info();
  if (variant === VARIANT) return model;
  await model.dispose();
  return assert.fail(`a model of ${NUMERICS} numerics runs on the ${variant} build`);
}

/** `compare` on this build. @type {typeof library.compare} */
export const compare = (names, data, options) =>
  library.compare(names, data, { numerics: NUMERICS, ...options });

/** The core itself, on this thread. */
export const startCore = async () => Core.of(await loadModule(VARIANT, WASM.href));
