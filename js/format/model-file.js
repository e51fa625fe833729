/**
 * A model as a safetensors file. Tensors: `layers.i.weight`, `layers.i.bias`, i counting dense layers,
 * then the optimizer's state as `optimizer.<slot>.layers.i.weight`. Texts under `__metadata__`:
 *
 *     format         "pt": weights lie as PyTorch's do, [out, in]
 *     dropout-wasm   version of what follows
 *     spec           JSON, every option written out
 *     training       JSON, step, epoch and an interrupted run; left out in a file of weights only
 */

import { show } from '../check.js';
import { OPTIMIZER_SLOTS } from '../core/enums.js';
import { DivergedError, FileError } from '../errors.js';
import { resolveSpec } from '../layers.js';
import { summarize } from '../summary.js';
import { VERSION } from '../version.js';
import { encodeSafetensors, readHeader, readTensor } from './safetensors.js';
import { parseJson } from './strict-json.js';
import { decodeTraining, encodeTraining } from './training-state.js';

export { decodeTensors } from './safetensors.js';
// A script for every set of entries that share something would hold what index.js is made of; where
// this one has all of it, that is a single script (1.3 KB less of a page's first load, packed).
export * from '../index.js';

/** @typedef {import('../layers.js').Spec} Spec */
/** @typedef {import('./safetensors.js').Tensor} Tensor */

/** Raised by a change that a reader of this version would misunderstand. */
const FILE_VERSION = 1;

/** @param {number} slot of the optimizer's state, from 0 @param {string} name of the parameter */
const stateName = (slot, name) => `optimizer.${slot + 1}.${name}`;

/** Adam's squares may overflow while the weights still learn. @param {number} value */
const isState = (value) => !Number.isNaN(value);

/**
 * @param {Spec} spec
 * @param {import('../engine.js').Saved} saved
 * @returns {Uint8Array}
 * @throws {DivergedError} where a file would not be read again
 */
export function encodeModel(spec, { parameters, state = [], training }) {
  const tensors = { ...parameters };
  for (const [name, { data }] of Object.entries(parameters)) checkKept(name, data, Number.isFinite);
  for (const [slot, values] of state.entries()) {
    for (const [parameter, tensor] of Object.entries(values)) {
      const name = stateName(slot, parameter);
      checkKept(name, tensor.data, isState);
      tensors[name] = tensor;
    }
  }
  return encodeSafetensors(tensors, {
    format: 'pt',
    'dropout-wasm': String(FILE_VERSION),
    spec: JSON.stringify(spec),
    ...(training && { training: encodeTraining(training) }),
  });
}

/**
 * @param {string} name
 * @param {Float32Array} data
 * @param {(value: number) => boolean} isValue
 */
function checkKept(name, data, isValue) {
  const at = data.findIndex((value) => !isValue(value));
  if (at === -1) return;
  throw new DivergedError(`${name}: element ${at} is ${data[at]}; such a model is not saved`);
}

/**
 * Nothing is allocated for what the spec asks for before the file is known to hold it.
 * @param {Uint8Array} file
 * @returns {{ spec: Spec, slots: Record<string, Float32Array>[], training?: import('../training.js').SavedTraining }}
 *   `slots`: parameters, then optimizer state
 * @throws {FileError}
 */
export function decodeModel(file) {
  const header = readHeader(file);
  const { places, metadata } = header;
  checkVersion(metadata);
  const spec = inFile("the file's spec", () => resolveSpec(parseJson(metadata.spec, 'the spec')));
  const { training: text } = metadata;
  const training =
    text === undefined
      ? undefined
      : inFile("the file's training", () => decodeTraining(parseJson(text, 'the training'), spec));
  const slots = training?.optimizer ? OPTIMIZER_SLOTS[training.optimizer] : 0;
  const { shapes } = summarize(spec);
  checkTensors(places, shapes, slots);
  /** @param {(name: string) => string} named @param {(value: number) => boolean} [isValue] */
  const read = (named, isValue) =>
    Object.fromEntries(
      Object.keys(shapes).map((name) => [name, readTensor(file, header, named(name), isValue)]),
    );
  const state = Array.from({ length: slots }, (_, slot) =>
    read((name) => stateName(slot, name), isState),
  );
  return { spec, slots: [read((name) => name), ...state], ...(training && { training }) };
}

/** @param {import('./safetensors.js').Metadata} metadata */
function checkVersion({ 'dropout-wasm': version, spec }) {
  if (version === undefined || spec === undefined) {
    throw new FileError(
      'the file has tensors and no spec of a dropout-wasm model: what parseSafetensors(bytes) makes of ' +
        'it can be given to setParameters() of a model of the same layers',
    );
  }
  if (!/^[1-9]\d{0,8}$/.test(version)) {
    throw new FileError(`the version of the file must be an integer >= 1, got ${show(version)}`);
  }
  if (Number(version) > FILE_VERSION) {
    throw new FileError(
      `the file is of version ${version} and dropout-wasm ${VERSION} reads up to ${FILE_VERSION}: a newer ` +
        'dropout-wasm is needed',
    );
  }
}

/**
 * @param {Map<string, { shape: number[] }>} places
 * @param {Record<string, number[]>} shapes of the parameters
 * @param {number} slots of optimizer state
 */
function checkTensors(places, shapes, slots) {
  /** @type {Set<string>} */
  const known = new Set();
  for (let slot = -1; slot < slots; slot++) {
    for (const [parameter, shape] of Object.entries(shapes)) {
      const name = slot < 0 ? parameter : stateName(slot, parameter);
      const found = places.get(name);
      if (String(found?.shape) !== String(shape)) {
        const got = found ? show(found.shape) : 'no such tensor';
        throw new FileError(`tensor ${show(name)} must be of shape ${show(shape)}, got ${got}`);
      }
      known.add(name);
    }
  }
  const surplus = [...places.keys()].find((name) => !known.has(name));
  if (surplus !== undefined) {
    throw new FileError(`tensor ${show(surplus)} is no part of a model of this spec and optimizer`);
  }
}

/**
 * What a call would be told as a wrong argument is here a wrong file.
 * @template R
 * @param {string} what
 * @param {() => R} check
 * @returns {R}
 */
function inFile(what, check) {
  try {
    return check();
  } catch (cause) {
    if (!(cause instanceof TypeError || cause instanceof RangeError)) throw cause;
    throw new FileError(`${what}: ${cause.message}`, { cause });
  }
}
