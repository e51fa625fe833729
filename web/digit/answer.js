/** What a model says of one image: once with its masks off, and many times with them on. */

import { PIXELS } from '../inside/images.js';

/** Masks: enough that an entropy changes in its second digit only. */
export const PASSES = 100;

/**
 * @typedef {object} Answer
 * @property {number} label in evaluation
 * @property {Float32Array} evaluation probabilities, masks off
 * @property {Float32Array} mean probabilities over `PASSES` masks
 * @property {Float32Array[]} cloud probabilities under one mask each, of as many further masks
 * @property {number} entropy of `mean`, nats
 * @property {number} mutualInformation nats
 * @property {number} variationRatio the share of masks that vote otherwise than most
 */

/**
 * @param {import('../../js/model.js').Model} model one that draws a mask for every row
 * @param {Uint8Array} image
 * @returns {Promise<Answer>}
 */
export async function answer(model, image) {
  const copies = new Uint8Array(PIXELS * PASSES);
  for (let i = 0; i < PASSES; i++) copies.set(image, PIXELS * i);
  const [plain, passes, cloud] = await Promise.all([
    model.predict(image),
    model.predict(image, { passes: PASSES, sharedMask: true }),
    // A row is a pass: each has a mask of its own.
    model.predict(copies, { passes: 1 }),
  ]);
  const outputs = plain.probabilities.length;
  return {
    label: plain.labels[0],
    evaluation: plain.probabilities,
    mean: passes.probabilities,
    cloud: Array.from({ length: PASSES }, (_, i) =>
      cloud.probabilities.subarray(outputs * i, outputs * (i + 1)),
    ),
    entropy: passes.entropy[0],
    mutualInformation: passes.mutualInformation[0],
    variationRatio: passes.variationRatio[0],
  };
}

/**
 * The same masks for every image, and those of `answer`, so that images differ and masks do not.
 * @param {import('../../js/model.js').Model} model
 * @param {Uint8Array[]} images
 */
export async function uncertainties(model, images) {
  const rows = new Uint8Array(PIXELS * images.length);
  for (const [i, image] of images.entries()) rows.set(image, PIXELS * i);
  return model.predict(rows, { passes: PASSES, sharedMask: true });
}
