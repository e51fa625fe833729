/** What a call may ask of this model: arguments against the layers that it has. */

import { LIMITS, arrayKind, checkInteger, checkNumber, rangeError, typeError } from './options.js';
import { unitsOf } from './summary.js';

/** @typedef {import('./dataset.js').Dataset} Dataset */
/** @typedef {import('./layers.js').Spec} Spec */

/** @param {number} layer index in `spec.layers` @param {Spec} spec */
export function checkLayer(layer, { layers }) {
  return checkInteger(layer, 'layer', { min: 0, max: layers.length - 1 });
}

/** @param {number} layer whose mask is asked for @param {Spec} spec */
export function checkMasked(layer, spec) {
  const chosen = spec.layers[checkLayer(layer, spec)];
  if (chosen.type === 'dense' && !chosen.dropConnect) {
    throw new RangeError(`layer ${layer} masks nothing: it is dense without dropConnect`);
  }
}

/** @param {number} evalScale @param {Spec} spec */
export function checkEvalScale(evalScale, { layers }) {
  checkNumber(evalScale, 'evalScale', LIMITS.evalScale);
  if (!layers.some(({ type }) => type === 'dropout')) {
    throw new RangeError(`evalScale needs a dropout() layer, and the model has none`);
  }
}

/** @param {Dataset} dataset that was checked @param {string} name @param {Spec} spec */
export function checkFits({ features, labels, classes }, name, spec) {
  if (features !== spec.input) {
    throw rangeError(`${name}.features`, `the model's input (${spec.input})`, features);
  }
  const outputs = unitsOf(spec, spec.layers.length - 1);
  // Labels are below `classes`: most often there is nothing to look for.
  const high = classes > outputs ? labels.findIndex((label) => label >= outputs) : -1;
  if (high !== -1) {
    const expected = `below the last layer's units (${outputs})`;
    throw rangeError(`${name}.labels[${high}]`, expected, labels[high]);
  }
}

/**
 * @param {Uint8Array | Float32Array} images
 * @param {Spec} spec
 * @param {number} [firstRow]
 * @returns {import('./upload.js').Rows} without labels
 */
export function rowsOf(images, { input: features }, firstRow = 0) {
  if (!['Uint8Array', 'Float32Array'].includes(arrayKind(images))) {
    throw typeError('images', 'a Uint8Array or a Float32Array', images);
  }
  if (images.length === 0 || images.length % features !== 0) {
    const expected = `a positive multiple of the model's input (${features})`;
    throw rangeError('images.length', expected, images.length);
  }
  const samples = images.length / features;
  checkInteger(firstRow + samples - 1, 'firstRow + rows - 1', LIMITS.count);
  return { images, samples, features, classes: 0 };
}
