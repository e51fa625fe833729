/** The test images a model is least sure of over many masks. */

import { formatNumber } from '../../js/report.js';
import { find, table } from '../dom.js';
import { showGallery } from './gallery.js';

/** Masks an image: the error of a mean probability is at most 0.07. */
export const PASSES = 50;
/** Images asked for at a time, so that the page can say how far it is. */
const CHUNK = 1000;
const SHOWN = 24;

/** @typedef {'entropy' | 'mutualInformation'} By */
/** @typedef {{ labels: Uint16Array, entropy: Float32Array, mutualInformation: Float32Array }} Uncertainty */

/**
 * In chunks that have the masks of the whole.
 * @param {import('../../js/model.js').Model} model
 * @param {import('../../js/index.js').Dataset} test
 * @param {{ signal: AbortSignal, onRows: (rows: number) => void }} controls
 * @returns {Promise<Uncertainty>}
 */
export async function measureUncertainty(model, { images, features, samples }, { signal, onRows }) {
  const found = {
    labels: new Uint16Array(samples),
    entropy: new Float32Array(samples),
    mutualInformation: new Float32Array(samples),
  };
  for (let firstRow = 0; firstRow < samples; firstRow += CHUNK) {
    const part = images.subarray(features * firstRow, features * (firstRow + CHUNK));
    const told = await model.predict(part, { passes: PASSES, firstRow, signal });
    found.labels.set(told.labels, firstRow);
    found.entropy.set(told.entropy, firstRow);
    found.mutualInformation.set(told.mutualInformation, firstRow);
    onRows(Math.min(samples, firstRow + CHUNK));
  }
  return found;
}

/**
 * @param {Uncertainty} found
 * @param {By} by
 * @param {import('../../js/index.js').Dataset} test
 * @param {(index: number) => void} choose
 */
export function showUncertain(found, by, test, choose) {
  const values = found[by];
  const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a]);
  const indices = order.slice(0, SHOWN);
  const items = indices.map((index) => {
    const caption = `${test.labels[index]} → ${found.labels[index]}`;
    const label = `Test image ${index}: ${caption}, ${formatNumber(values[index])} nats`;
    return { index, label, caption };
  });
  showGallery(find('#uncertain-images'), test, items, choose);
  find('#uncertain-table').replaceChildren(
    table({
      caption: `Over ${PASSES} masks per image, nats.`,
      head: ['image', 'digit', 'answer', 'entropy', 'mutual information'],
      rows: indices.map((index) => [
        String(index),
        String(test.labels[index]),
        String(found.labels[index]),
        formatNumber(found.entropy[index]),
        formatNumber(found.mutualInformation[index]),
      ]),
    }),
  );
}
