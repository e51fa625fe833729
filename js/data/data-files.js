/** What reads data sets: one script, which pages load when they first need it. */

export { parseIdx } from './idx.js';
export { loadIdx } from './load-idx.js';
export { loadMnist } from './mnist.js';
export * from '../index.js'; // for one script that all share: format/model-file.js says how
