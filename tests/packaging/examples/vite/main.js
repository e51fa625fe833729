/** Trains on two spirals in a worker, and draws after every epoch which side each place is on. */

import { createModel, dense, dropout } from 'dropout-wasm';
import { spirals } from './spirals.js';

const EPOCHS = 100;

const progress = document.querySelector('#progress');
const result = document.querySelector('#result');
const map = document.querySelector('#map');
const places = grid(map.width);

const model = await createModel({
  input: 2,
  layers: [
    dense(64, { activation: 'relu' }),
    dense(64, { activation: 'relu' }),
    dropout(0.1),
    dense(2),
  ],
  seed: 1,
});
const stopping = new AbortController();
document.querySelector('#stop').onclick = () => stopping.abort();
progress.max = EPOCHS;
try {
  await model.fit(spirals(1000), {
    epochs: EPOCHS,
    optimizer: { name: 'adam', learningRate: 0.01 },
    signal: stopping.signal,
    onEpoch: ({ epoch }) => {
      progress.value = epoch;
      draw().catch(show); // between two steps of the training
    },
  });
} catch (reason) {
  if (reason.name !== 'AbortError') throw reason; // stopped, the model is that of whole steps
}
const { accuracy } = await model.evaluate(spirals(777));
show(`Accuracy on other points of the spirals: ${accuracy}`);

/** @param {unknown} text */
function show(text) {
  result.textContent = String(text);
}

/** The probability of the second spiral, in grey. */
async function draw() {
  const { probabilities } = await model.predict(places);
  const image = new ImageData(map.width, map.height);
  for (let i = 0; i < places.length / 2; i++) {
    const grey = 255 * probabilities[2 * i + 1];
    image.data.set([grey, grey, grey, 255], 4 * i);
  }
  map.getContext('2d').putImageData(image, 0, 0);
}

/** @param {number} side @returns {Float32Array} side x side places of the square from -1 to 1 */
function grid(side) {
  const at = (/** @type {number} */ i) => (2 * i + 1) / side - 1;
  return Float32Array.from({ length: 2 * side * side }, (_, i) => {
    const place = Math.floor(i / 2);
    return at(i % 2 === 0 ? place % side : Math.floor(place / side));
  });
}
