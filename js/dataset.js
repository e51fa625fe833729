/** Labelled rows: what a model is trained and evaluated on. */

import { LIMITS, arrayKind, checkInteger, rangeError, show, typeError } from './options.js';

/**
 * @typedef {object} Dataset
 * @property {Uint8Array | Float32Array} images samples x features, row-major; a byte counts as
 *   value / 255
 * @property {Uint8Array | Uint16Array} labels one a sample, each below `classes`
 * @property {number} samples rows
 * @property {number} features values a row
 * @property {number} classes what labels may be, from 0
 */

/**
 * Rejects what would otherwise train in silence on nonsense. Reads every label; whether the values
 * of a `Float32Array` are finite is looked at while they are handed to the core.
 * @param {Dataset} dataset
 * @param {string} [name] what the argument is called
 * @returns {Dataset} the same arrays and numbers: what is changed in the caller's object later, while a
 *   call runs, changes nothing there
 */
export function checkDataset(dataset, name = 'dataset') {
  if (typeof dataset !== 'object' || dataset === null) {
    throw typeError(name, 'a Dataset { images, labels, samples, features, classes }', dataset);
  }
  const { images, labels } = dataset;
  if (!['Uint8Array', 'Float32Array'].includes(arrayKind(images))) {
    throw typeError(`${name}.images`, 'a Uint8Array or a Float32Array', images);
  }
  if (!['Uint8Array', 'Uint16Array'].includes(arrayKind(labels))) {
    throw typeError(`${name}.labels`, 'a Uint8Array or a Uint16Array', labels);
  }
  const samples = checkInteger(dataset.samples, `${name}.samples`, LIMITS.samples);
  const features = checkInteger(dataset.features, `${name}.features`, LIMITS.input);
  const classes = checkInteger(dataset.classes, `${name}.classes`, LIMITS.classes);
  if (images.length !== samples * features) {
    const expected = `samples * features (${samples} * ${features})`;
    throw rangeError(`${name}.images.length`, expected, images.length);
  }
  if (labels.length !== samples) {
    throw rangeError(`${name}.labels.length`, `samples (${samples})`, labels.length);
  }
  const label = labels.findIndex((value) => value >= classes);
  if (label !== -1) {
    throw rangeError(`${name}.labels[${label}]`, `below classes (${classes})`, labels[label]);
  }
  return { images, labels, samples, features, classes };
}

/**
 * @param {Float32Array} values
 * @param {string} name
 * @param {number} [offset] index of the first
 */
export function checkFinite(values, name, offset = 0) {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(`${name}[${offset + i}] must be finite, got ${show(values[i])}`);
    }
  }
}

/**
 * The first rows of a data set, without a copy: its arrays share the memory of the original.
 * @param {Dataset} dataset
 * @param {number} count from 1 to `dataset.samples`
 * @returns {Dataset}
 */
export function firstRows(dataset, count) {
  checkInteger(count, 'count', { min: 1, max: dataset.samples });
  return {
    images: dataset.images.subarray(0, count * dataset.features),
    labels: dataset.labels.subarray(0, count),
    samples: count,
    features: dataset.features,
    classes: dataset.classes,
  };
}
