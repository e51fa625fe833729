/** dropout-wasm: multilayer perceptrons with every kind of dropout, in WebAssembly. */

export { createModel, Model } from './model.js';
export { dense, dropout } from './layers.js';
export { dropoutMask } from './dropout-mask.js';
export { loadMnist } from './data/mnist.js';
export { loadIdx } from './data/load-idx.js';
export { parseIdx } from './data/idx.js';
export { variants } from './variants.js';
export { compare } from './compare.js';
export { PauseController } from './pause.js';
export * from './errors.js';
