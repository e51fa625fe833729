/** TensorFlow.js on its WebAssembly backend, as it comes: `optimizer.minimize` a batch. */

import { DROPOUTS, NETWORK, OPTIMIZERS, parseCase } from '../cases.js';
import { timeEpoch } from './batches.js';

/**
 * @param {{ name: string, folder: string, steps?: number }} args name of the case; folder: of the
 *   packages
 * @param {import('../in-page.js').Place} place
 */
export default async function tensorflowJs({ name, folder, steps }, { mnist, url }) {
  await import(url(`${folder}@tensorflow/tfjs/dist/tf.min.js`)); // sets globalThis.tf
  await import(url(`${folder}@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js`));
  const { tf } = /** @type {any} */ (globalThis);
  tf.wasm.setWasmPaths(url(`${folder}@tensorflow/tfjs-backend-wasm/dist/`));
  if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js has no backend wasm here');
  await tf.ready();
  return timeEpoch(network(tf, name), await mnist(), steps);
}

/** @param {any} tf @param {string} name @returns {import('./batches.js').Rival} */
function network(tf, name) {
  const { variant, optimizer: optimizerName } = parseCase(name);
  const { inputs, units, classes } = NETWORK;
  const sizes = [
    [inputs, units],
    [units, units],
    [units, classes],
  ];
  const layers = sizes.map(([rows, columns]) => {
    const radius = 1 / Math.sqrt(rows);
    return {
      w: tf.variable(tf.randomUniform([rows, columns], -radius, radius)),
      b: tf.variable(tf.zeros([columns])),
    };
  });
  const variables = layers.flatMap(({ w, b }) => [w, b]);
  const optimizer = tf.train[optimizerName](OPTIMIZERS[optimizerName].learningRate);
  const { mask, scale } = DROPOUTS[variant];
  const drop = (h) => {
    if (mask === undefined) return h;
    if (mask === 'element' && scale === 2) return tf.dropout(h, 0.5);
    const kept = tf.randomUniform([1, units]).greaterEqual(0.5).toFloat();
    return h.mul(kept.mul(scale));
  };
  const logits = (x, training) => {
    const [first, second, last] = layers;
    const h = x.matMul(first.w).add(first.b).relu().matMul(second.w).add(second.b).relu();
    return (training ? drop(h) : h).matMul(last.w).add(last.b);
  };
  return {
    step: (images, oneHot, rows) =>
      tf.tidy(() => {
        const x = tf.tensor2d(images, [rows, inputs]);
        const y = tf.tensor2d(oneHot, [rows, classes]);
        const loss = () => tf.losses.softmaxCrossEntropy(y, logits(x, true));
        optimizer.minimize(loss, false, variables);
      }),
    finish: () => layers[0].w.data(),
    predict: async (images, rows) => {
      const predicted = tf.tidy(() => logits(tf.tensor2d(images, [rows, inputs]), false).argMax(1));
      const labels = await predicted.data();
      predicted.dispose();
      return labels;
    },
  };
}
