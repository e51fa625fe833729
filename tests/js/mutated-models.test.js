/** Thousands of mutated safetensors files: each is a model or a typed error, and takes what it holds. */

import { allocated, watched } from './support-allocations.js';

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import fc from 'fast-check';

import { FileError, dense, dropout, parseSafetensors } from '../../dist/index.js';
import { loadModel } from './support-build.js';
import { HERE, makeData, withModels } from './support-models.js';
import { SEED, edited, editedJson, edits, jsonEdits } from './support-mutations.js';
import { makeFile, takeApart } from './support-safetensors.js';
import * as saved from './support-saved.js';

const FILES = 10_000;
/** Of the file's bytes, for all arrays that reading it makes. */
const MOST = 4;

const small = makeData({ samples: 20, features: 3, classes: 3, seed: 4 });

/** Files to begin with: a long header and little data; the other way round; weights alone. */
const originals = [];
before(async () => {
  await withModels(saved.spec, async (model) => {
    const { train, validation } = saved;
    const run = { epochs: 3, batchSize: 16, validation, trainEvaluation: 20, maxSteps: 14 };
    await model.fit(train, run);
    originals.push(await model.save());
  });
  const layers = [dense(40, { activation: 'relu' }), dropout(0.5), dense(3)];
  await withModels({ input: 3, layers, seed: 1 }, async (model) => {
    const optimizer = { name: 'sgd', learningRate: 0.1, momentum: 0.9 };
    await model.fit(small, { epochs: 2, batchSize: 4, optimizer, maxSteps: 3 });
    originals.push(await model.save(), await model.save({ weightsOnly: true }));
  });
});

/** A file, and how it is changed: in its bytes, its header or what its metadata's texts say. */
const mutation = fc.record({
  original: fc.nat(2),
  how: fc.oneof(
    fc.record({ part: fc.constant('bytes'), list: edits }),
    fc.record({ part: fc.constantFrom('header', 'spec', 'training'), list: jsonEdits }),
  ),
});

/** @returns {Uint8Array} */
function mutate({ original, how: { part, list } }) {
  const file = originals[original];
  const { header, data } = takeApart(file);
  if (part === 'bytes') return edited(file, list, file.length - data.length);
  const texts = header.__metadata__;
  if (part === 'header' || texts[part] === undefined)
    return makeFile(editedJson(header, list), data);
  texts[part] = editedJson(JSON.parse(texts[part]), list);
  return makeFile(header, data);
}

test(`${FILES} files, seed ${SEED}: a model or a FileError, at no more than ${MOST} times the file`, async (t) => {
  const counts = { models: 0, refused: 0, tensors: 0 };
  let most = 0;
  const property = fc.asyncProperty(mutation, async (drawn) => {
    const file = mutate(drawn);
    const copy = file.slice();
    const parsed = await watched(() => parseSafetensors(file));
    const loaded = await watched(() => loadModel(file, HERE).then(end));
    for (const { error, arrays } of [parsed, loaded]) {
      if (error) assert.ok(error instanceof FileError && error.code === 'BAD_FILE', error.stack);
      assert.ok(arrays <= MOST * file.length, `${arrays} bytes for a file of ${file.length}`);
      most = Math.max(most, arrays / Math.max(1, file.length));
    }
    assert.equal(parsed.cores, 0);
    if (loaded.error) assert.equal(loaded.cores, 0, 'no memory for a model that is refused');
    else assert.ok(loaded.cores <= loaded.value.bytes + 65536, 'what such a model takes');
    assert.deepEqual(file, copy, 'the bytes are left as they are');
    if (loaded.error) counts.refused++;
    else counts.models++;
    if (parsed.value) counts.tensors++;
  });
  await fc.assert(property, { numRuns: FILES, seed: SEED, includeErrorInReport: true });
  const { arrays, cores } = allocated();
  t.diagnostic(
    `${counts.models} models, ${counts.refused} refused (${counts.tensors} of which sound as safetensors); ` +
      `arrays of at most ${most.toFixed(2)} times the file; the core's memory ${cores} bytes; all arrays ${arrays} bytes`,
  );
  assert.ok(
    counts.models > FILES / 100 && counts.refused > FILES / 4,
    'some are sound, many are not',
  );
});

/** @param {import('../../js/model.js').Model} model loaded: it can be asked, and ends */
async function end(model) {
  try {
    const { bytes } = await model.summary();
    await model.info();
    return { bytes };
  } finally {
    await model.dispose();
  }
}
