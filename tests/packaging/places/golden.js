/**
 * The training that every place repeats: a tiny network of `tests/fixtures/small.json`, whose losses
 * PyTorch has confirmed, and the hash of its weights after nine steps.
 */

import { readFileSync } from 'node:fs';

/** Dropout on the input and behind every layer, by row and by batch, trained by Adam. */
const NAME = 'dropout everywhere';
const EPOCHS = 3;

/** SHA-256 of the weights; golden.test.js says that it is this training's. */
export const HASH = 'bf4874d771a1c4af452607908131d9590b664c21254b4ea3fa611c87fc30912e';

const { data, cases } = JSON.parse(
  readFileSync(new URL('../../fixtures/small.json', import.meta.url), 'utf8'),
);
export const confirmed = cases.find(({ name }) => name === NAME);
const { layers, seed, batchSize, steps, optimizer } = confirmed;

export const spec = { input: data.features, layers, seed };
export const options = { epochs: EPOCHS, maxSteps: steps, batchSize, optimizer };
export const dataset = {
  images: Float32Array.from(data.images),
  labels: Uint8Array.from(data.labels),
  samples: data.rows,
  features: data.features,
  classes: data.classes,
};

const array = (/** @type {Float32Array | Uint8Array} */ values) =>
  `${values.constructor.name}.of(${values.join(', ')})`;

/**
 * @param {string} entry what the script imports the package by
 * @param {{ runtime?: object, typed?: boolean }} [how] typed: in TypeScript
 * @returns {string} a module that exports `train()`: the promise of the hash
 */
export function goldenModule(entry, { runtime = {}, typed = false } = {}) {
  const { images, labels, ...sizes } = dataset;
  const type = (/** @type {string} */ name) => (typed ? `: ${name}` : '');
  const types = typed ? ', type Dataset, type FitOptions, type Runtime, type SpecInput' : '';
  return `
import { createModel${types} } from '${entry}';
const spec${type('SpecInput')} = ${JSON.stringify(spec)};
const options${type('FitOptions')} = ${JSON.stringify(options)};
const runtime${type('Runtime')} = ${JSON.stringify(runtime)};
const data${type('Dataset')} = {
  ...${JSON.stringify(sizes)},
  images: ${array(images)},
  labels: ${array(labels)},
};
export async function train()${type('Promise<string>')} {
  const model = await createModel(spec, runtime);
  try {
    await model.fit(data, options);
    return await model.hash();
  } finally {
    await model.dispose();
  }
}
`;
}

/** A page's script: the hash, or what was wrong, in its one paragraph. */
export const PAGE_SCRIPT = `
import { train } from './golden.js';
const show = (text) => (document.querySelector('#result').textContent = text);
train().then(show, ({ name, code, message }) => show([name, code, message].join(' ')));
`;

/** @param {string} script its address @param {string} [head] */
export const pageOf = (script, head = '') =>
  `<!doctype html><meta charset="utf-8" /><title>golden</title>${head}<p id="result"></p><script type="module" src="${script}"></script>`;

/** A program that prints the hash. */
export const PROGRAM = `import { train } from './golden.js';\nconsole.log(await train());\n`;
