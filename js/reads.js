/** What is asked of a model between two steps, slice by slice, so that others have their turns. */

import { MASKS, MAX_LAYERS } from './core/enums.js';
import { OutOfMemoryError } from './errors.js';
import { describeMoments } from './moments.js';
import { SLICE_MASK, SLICE_ROWS, SLICE_WORK } from './protocol.js';
import { readReport } from './report-reader.js';
import { unitsOf } from './summary.js';

/** @typedef {import('./core/core.js').Core} Core */
/** @typedef {import('./task.js').Task} Task */
/** @typedef {import('./engine.js').Stored} Stored */
/** @typedef {{ core: Core, model: number, spec: import('./layers.js').Spec }} Subject */

/** `DW_PROBABILITIES`: in place of a layer, one more than there can be. */
const PROBABILITIES = MAX_LAYERS;

/**
 * Uses all rows, giving way between slices of them.
 * @param {number} rows
 * @param {number} slice
 * @param {Task} task
 * @param {(first: number, count: number) => void} use
 */
async function inSlices(rows, slice, task, use) {
  for (let first = 0; first < rows; first += slice) {
    use(first, Math.min(slice, rows - first));
    await task.breathe();
  }
}

/**
 * Rows that one call evaluates, or passes with masks on: fewer where layers draw much for every row.
 * @param {Subject} subject
 * @param {boolean} [masked]
 */
function sliceOf({ spec }, masked = false) {
  let draws = 1;
  for (const [i, layer] of spec.layers.entries()) {
    if (layer.type !== 'dense' || !layer.dropConnect) continue;
    const { p, mask, inference, draws: samples } = layer.dropConnect;
    const draw = masked
      ? mask === 'element' && unitsOf(spec, i - 1)
      : inference === 'gaussian' && layer.activation !== 'linear' && samples;
    if (p > 0 && draw) draws += layer.units * draw;
  }
  return Math.min(SLICE_ROWS, Math.ceil(SLICE_WORK / draws));
}

/** @param {Subject} subject */
const outputsOf = ({ spec }) => unitsOf(spec, spec.layers.length - 1);

/**
 * @template {Uint8Array | Float32Array | Uint16Array} T
 * @param {new (length: number) => T} Type
 * @param {number} length
 * @returns {T}
 * @throws {OutOfMemoryError}
 */
function allocate(Type, length) {
  try {
    return new Type(length);
  } catch (cause) {
    throw new OutOfMemoryError(`not enough memory for a result of ${length} values`, { cause });
  }
}

/**
 * An array of rows x width that the core fills slice by slice.
 * @param {Core} core
 * @param {{ Type: any, rows: number, width: number, slice: number }} shape
 * @param {Task} task
 * @param {(first: number, count: number, address: number) => number} fill returns a status
 * @returns {Promise<any>}
 */
async function collect(core, { Type, rows, width, slice }, task, fill) {
  const values = allocate(Type, rows * width);
  await inSlices(rows, slice, task, (first, count) => {
    const part = core.filled(Type, count * width, (address) => fill(first, count, address));
    values.set(part, first * width);
  });
  return values;
}

/**
 * @param {Subject} subject
 * @param {{ stored: Stored, rows: number, evalScale: number }} args `rows`: the first so many
 * @param {Task} task
 */
export async function evaluate(subject, { stored, rows, evalScale }, task) {
  const { core, model } = subject;
  const { data, samples, classes } = stored;
  const outputs = outputsOf(subject);
  const report = core.made(core.call.dw_report_create(classes, outputs));
  try {
    await inSlices(Math.min(rows, samples), sliceOf(subject), task, (first, count) =>
      core.check(core.call.dw_evaluate(model, data, first, count, evalScale, report)),
    );
    return readReport(core, report, classes, classes + Number(outputs > classes));
  } finally {
    core.call.dw_report_destroy(report);
  }
}

/**
 * @param {Subject} subject
 * @param {{ stored: Stored, firstRow: number }} args
 * @param {Task} task
 */
export async function predict(subject, { stored, firstRow }, task) {
  const { core, model } = subject;
  const { data, samples } = stored;
  const outputs = outputsOf(subject);
  const labels = allocate(Uint16Array, samples);
  const probabilities = allocate(Float32Array, samples * outputs);
  await inSlices(samples, sliceOf(subject), task, (first, count) => {
    // Labels lie behind the probabilities in one piece of scratch memory.
    const at = count * outputs;
    const both = core.filled(Float32Array, at + Math.ceil(count / 2), (address) =>
      core.call.dw_predict(model, data, first, count, firstRow, address, address + 4 * at),
    );
    probabilities.set(both.subarray(0, at), first * outputs);
    labels.set(new Uint16Array(both.buffer, 4 * at, count), first);
  });
  return { labels, probabilities };
}

/**
 * Rows x units of a layer.
 * @param {Subject} subject
 * @param {{ stored: Stored, layer: number, train: boolean, step: number, firstRow: number }} args
 * @param {Task} task
 * @returns {Promise<Float32Array>}
 */
export function activations(subject, { stored, layer, train, step, firstRow }, task) {
  const { core, model, spec } = subject;
  const { data, samples: rows } = stored;
  const shape = {
    Type: Float32Array,
    rows,
    width: unitsOf(spec, layer),
    slice: sliceOf(subject, train),
  };
  const call = core.call.dw_activations;
  return collect(core, shape, task, (first, count, address) =>
    call(model, data, first, count, firstRow, layer, Number(train), step, address),
  );
}

/** @typedef {{ passes: number, sharedMask: boolean, firstRow: number }} PassesArgs */

/**
 * MC dropout: means and uncertainties over `passes` masks.
 * @param {Subject} subject
 * @param {PassesArgs & { stored: Stored }} args
 * @param {Task} task
 * @returns {Promise<import('./predictions.js').McPrediction>}
 */
export async function predictPasses(subject, args, task) {
  const widths = [outputsOf(subject), 1, 1, 1, 1];
  const [probabilities, entropy, mutualInformation, variationRatio, labels] = await runPasses(
    subject,
    { ...args, layer: PROBABILITIES, widths },
    task,
  );
  return {
    labels: Uint16Array.from(labels),
    probabilities,
    entropy,
    mutualInformation,
    variationRatio,
  };
}

/**
 * A layer's output over `passes` masks, against its output in evaluation.
 * @param {Subject} subject
 * @param {PassesArgs & { stored: Stored, layer: number }} args
 * @param {Task} task
 * @returns {Promise<import('./predictions.js').Moments>}
 */
export async function moments(subject, args, task) {
  const units = unitsOf(subject.spec, args.layer);
  const [mean, sd] = await runPasses(subject, { ...args, widths: [units, units] }, task);
  const evaluation = await activations(subject, { ...args, train: false, step: 0 }, task);
  return describeMoments({ units, passes: args.passes, evaluation, mean, sd });
}

/**
 * @param {Subject} subject
 * @param {PassesArgs & { stored: Stored, layer: number, widths: number[] }} args `widths`: values a row
 *   of each array that comes out
 * @param {Task} task
 * @returns {Promise<Float32Array[]>}
 */
async function runPasses(subject, { stored, layer, passes, sharedMask, firstRow, widths }, task) {
  const { core, model } = subject;
  const { call } = core;
  const { data, samples } = stored;
  const width = widths.reduce((sum, one) => sum + one);
  const whole = widths.map((one) => allocate(Float32Array, samples * one));
  const slice = sliceOf(subject, true);
  for (let first = 0; first < samples; first += slice) {
    const count = Math.min(slice, samples - first);
    const shared = Number(sharedMask);
    const handle = core.made(
      call.dw_passes_create(model, data, first, count, firstRow, shared, layer),
    );
    try {
      for (let pass = 0; pass < passes; pass++) {
        await task.breathe();
        core.check(call.dw_passes_run(handle, 1));
      }
      const values = core.filled(Float32Array, count * width, (address) =>
        call.dw_passes_read(handle, address),
      );
      let at = 0;
      for (const [i, one] of widths.entries()) {
        whole[i].set(values.subarray(at, (at += count * one)), first * one);
      }
    } finally {
      if (!core.isBroken) call.dw_passes_destroy(handle);
    }
  }
  return whole;
}

/** Rows of a mask that one call draws. @param {number} width */
const maskSlice = (width) => Math.ceil(SLICE_MASK / width);

/**
 * @param {Subject} subject
 * @param {{ layer: number, step: number, rows: number }} args
 * @param {Task} task
 * @returns {Promise<Uint8Array | Float32Array>}
 */
export function mask({ core, model, spec }, { layer, step, rows }, task) {
  const chosen = spec.layers[layer];
  const isDense = chosen.type === 'dense';
  const width = unitsOf(spec, layer) * (isDense ? unitsOf(spec, layer - 1) : 1);
  const shape = {
    Type: chosen.type === 'gaussianDropout' ? Float32Array : Uint8Array,
    rows: isDense && chosen.dropConnect?.mask === 'batch' ? 1 : rows,
    width,
    slice: maskSlice(width),
  };
  return collect(core, shape, task, (first, count, address) =>
    core.call.dw_mask(model, layer, step, first, count, address),
  );
}

/**
 * The mask of a network whose first masking layer draws it, with no model.
 * @param {Core} core
 * @param {{ p: number, rows: number, columns: number, mask: import('./core/enums.js').Mask, seed: number, step: number }} args
 * @param {Task} task
 * @returns {Promise<Uint8Array>}
 */
export function dropoutMask(core, { p, rows, columns, mask, seed, step }, task) {
  const shape = { Type: Uint8Array, rows, width: columns, slice: maskSlice(columns) };
  const kind = MASKS.indexOf(mask);
  return collect(core, shape, task, (first, count, address) =>
    core.call.dw_dropout_mask(p, first, count, columns, kind, seed, step, address),
  );
}
