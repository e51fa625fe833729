/** jax-js on its WebAssembly device: a step of SGD, differentiated and compiled by `jit`. */

import { BATCH, DROPOUTS, NETWORK, OPTIMIZERS, parseCase } from '../cases.js';
import { randomNumbers, timeEpoch, uniform } from './batches.js';

/**
 * @param {{ name: string, folder: string, steps?: number }} args name of the case (SGD only); folder:
 *   of the packages
 * @param {import('../in-page.js').Place} place
 */
export default async function jaxJs({ name, folder, steps }, { mnist, url }) {
  const jax = await import(url(`${folder}@jax-js/jax/dist/index.js`));
  const devices = await jax.init();
  if (!devices.includes('wasm')) throw new Error(`jax-js has no device wasm here: ${devices}`);
  jax.defaultDevice('wasm');
  return timeEpoch(network(jax, name), await mnist(), steps);
}

/** @param {any} jax @param {string} name @returns {import('./batches.js').Rival} */
function network({ numpy: np, nn, random, jit, valueAndGrad, tree, blockUntilReady }, name) {
  const { variant, optimizer } = parseCase(name);
  const { learningRate } = OPTIMIZERS[optimizer];
  const { inputs, units, classes } = NETWORK;
  const drawn = randomNumbers(1);
  const matrix = (rows, columns) =>
    np.array(uniform(rows, columns, drawn)).reshape([rows, columns]);
  // Arrays are used up by the calls they are passed to; what is needed again is passed as `.ref`.
  let parameters = {
    w1: matrix(inputs, units),
    b1: np.zeros([units]),
    w2: matrix(units, units),
    b2: np.zeros([units]),
    w3: matrix(units, classes),
    b3: np.zeros([classes]),
  };
  const hidden = ({ w1, b1, w2, b2 }, x) =>
    nn.relu(np.dot(nn.relu(np.dot(x, w1).add(b1)), w2).add(b2));
  const { mask, scale } = DROPOUTS[variant];
  const drop = (h, key, rows) =>
    mask === undefined
      ? h
      : h.mul(
          random
            .bernoulli(key, 0.5, [mask === 'batch' ? 1 : rows, units])
            .astype(np.float32)
            .mul(scale),
        );
  const loss = ({ w3, b3, ...below }, x, y, key) => {
    const [rows] = x.shape;
    const logits = np.dot(drop(hidden(below, x), key, rows), w3).add(b3);
    return nn
      .logSoftmax(logits, -1)
      .mul(y)
      .sum()
      .mul(-1 / BATCH);
  };
  const train = jit((parameters, x, y, key) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(parameters), x, y, key);
    return [tree.map((p, g) => p.sub(g.mul(learningRate)), parameters, gradients), value];
  });
  const classify = jit(({ w3, b3, ...below }, x) =>
    np.argmax(np.dot(hidden(below, x), w3).add(b3), -1),
  );
  let count = 0;
  return {
    step: async (images, oneHot, rows) => {
      const x = np.array(images).reshape([rows, inputs]);
      const y = np.array(oneHot).reshape([rows, classes]);
      const [next, value] = train(parameters, x, y, random.key(count++));
      parameters = next;
      value.dispose();
      // As its README asks: without it memory grows, and a step takes three times as long.
      await blockUntilReady(parameters);
    },
    finish: () => blockUntilReady(parameters),
    predict: async (images, rows) =>
      classify(tree.ref(parameters), np.array(images).reshape([rows, inputs])).data(),
  };
}
