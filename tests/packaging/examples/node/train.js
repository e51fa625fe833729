/** Learns to read digits, keeps the network in a file, and reads with what the file holds. */

import { readFile, writeFile } from 'node:fs/promises';
import { createModel, dense, dropout, loadMnist, loadModel } from 'dropout-wasm';

const FILE = 'digits.safetensors';

const { train, test } = await loadMnist();
const model = await createModel({
  input: train.features,
  layers: [dense(256, { activation: 'relu' }), dropout(0.5), dense(train.classes)],
  seed: 1,
});
await model.fit(train, {
  epochs: 3,
  validation: test,
  onEpoch: ({ epoch, loss, validation }) =>
    console.log(`epoch ${epoch}: loss ${loss.toFixed(3)}, accuracy ${validation.accuracy}`),
});
await writeFile(FILE, await model.save());
await model.dispose();

const loaded = await loadModel(await readFile(FILE));
const { accuracy, perClass } = await loaded.evaluate(test);
const recalls = perClass.map(({ recall }) => recall);
const hardest = recalls.indexOf(Math.min(...recalls));
console.log(`from ${FILE}: accuracy ${accuracy}, the hardest digit is ${hardest}`);
await loaded.dispose();
