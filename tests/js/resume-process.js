/** A process of its own that goes on with a model out of a file: node resume-process.js FILE. */

import { readFile } from 'node:fs/promises';

import { withLoaded } from './support-models.js';
import { train, validation } from './support-saved.js';

const file = await readFile(process.argv[2]);
await withLoaded(new Uint8Array(file), async (model) => {
  const hasValidation = process.argv[3] === 'validation';
  const history = await model.fit(train, { resume: true, ...(hasValidation && { validation }) });
  const report = { history, hash: await model.hash(), info: await model.info() };
  process.stdout.write(JSON.stringify(report));
});
