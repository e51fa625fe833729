/**
 * What a thread may answer. Its script may be another than this package's: of an older release, or a
 * server's idea of a page. Kinds are checked, values are not.
 */

import { arrayKind } from './check.js';

const NOTHING = 'Undefined';
const NUMBER = 'Number';
const LIST = 'Array';
const FLOATS = 'Float32Array';

const parameters = [{ shape: LIST, data: FLOATS }];
const prediction = { labels: 'Uint16Array', probabilities: FLOATS };

/**
 * By the method of `Engine`: a kind, kinds of which it is one, what is in an object, or in a list what
 * every value of one is.
 * @type {Record<string, any>}
 */
export const RESULTS = {
  create: NOTHING,
  load: NOTHING,
  save: { parameters },
  openData: NUMBER,
  writeData: 'ArrayBuffer SharedArrayBuffer',
  closeData: NOTHING,
  prepareFit: NOTHING,
  fit: { epochs: LIST, steps: NUMBER },
  evaluate: {
    samples: NUMBER,
    loss: NUMBER,
    accuracy: NUMBER,
    macroF1: NUMBER,
    ece: NUMBER,
    brier: NUMBER,
    reliability: LIST,
    perClass: LIST,
    confusion: 'Uint32Array',
  },
  predict: prediction,
  predictPasses: {
    ...prediction,
    entropy: FLOATS,
    mutualInformation: FLOATS,
    variationRatio: FLOATS,
  },
  moments: { slope: NUMBER, evaluation: FLOATS, mean: FLOATS, sd: FLOATS },
  activations: FLOATS,
  mask: `Uint8Array ${FLOATS}`,
  dropoutMask: 'Uint8Array',
  parameters,
  setParameters: NOTHING,
  info: { step: NUMBER, epoch: NUMBER },
  summary: { bytes: NUMBER },
};

/** @param {any} value @param {any} expected as in `RESULTS` @returns {boolean} */
function fits(value, expected) {
  const kind = arrayKind(value);
  if (typeof expected === 'string') return expected.split(' ').includes(kind);
  if (kind !== 'Object') return false;
  if (Array.isArray(expected)) {
    const values = Object.values(value);
    return values.length > 0 && values.every((one) => fits(one, expected[0]));
  }
  return Object.entries(expected).every(([key, inner]) => fits(value[key], inner));
}

/** @param {string} method @param {unknown} value */
export const isResult = (method, value) => fits(value, RESULTS[method]);

/** @param {any} value @returns {value is import('./protocol.js').Told} */
export const isTold = (value) =>
  fits(value?.progress ?? value?.epoch, { epoch: NUMBER, loss: NUMBER });

/** @param {unknown} error @returns {error is import('./errors.js').WireError} */
export const isWireError = (error) => fits(error, { name: 'String', message: 'String' });
