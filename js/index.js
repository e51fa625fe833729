/** dropout-wasm: multilayer perceptrons with every kind of dropout, in WebAssembly. */

export { createModel, Model } from './model.js';
export { loadModel, parseSafetensors } from './load-model.js';
export { alphaDropout, dense, dropout, gaussianDropout } from './layers.js';
export { dropoutMask } from './dropout-mask.js';
export { loadIdx, loadMnist, parseIdx } from './lazy-data.js';
export { variants } from './variants.js';
export { compare } from './lazy-compare.js';
export { PauseController } from './pause.js';
export {
  DisposedError,
  DivergedError,
  DropoutWasmError,
  EngineError,
  FileError,
  OutOfMemoryError,
  WorkerLostError,
} from './errors.js';

/**
 * @typedef {import('./dataset.js').Dataset} Dataset
 * @typedef {import('./layers.js').Spec} Spec
 * @typedef {import('./layers.js').SpecInput} SpecInput
 * @typedef {import('./options.js').FitOptions} FitOptions
 * @typedef {import('./options.js').OptimizerOptions} OptimizerOptions
 * @typedef {import('./options.js').FitProgress} FitProgress
 * @typedef {import('./options.js').Runtime} Runtime
 * @typedef {import('./training.js').History} History
 * @typedef {import('./training.js').EpochHistory} EpochHistory
 * @typedef {import('./report-reader.js').Report} Report
 * @typedef {import('./predictions.js').PassOptions} PassOptions
 * @typedef {import('./predictions.js').McPrediction} McPrediction
 * @typedef {import('./predictions.js').Moments} Moments
 * @typedef {import('./compare.js').CompareOptions} CompareOptions
 * @typedef {import('./comparison/line.js').RunLine} RunLine
 * @typedef {import('./statistics.js').Summary} Summary
 */
