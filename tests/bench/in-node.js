/** The fresh process of engines.js: runs one task and answers. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT_URL = new URL('../../', import.meta.url).href;
const ROOT = fileURLToPath(ROOT_URL);

/** What a task may ask of its engine. @type {import('./in-page.js').Place} */
const place = {
  read: (path) => readFile(ROOT + path),
  url: (path) => ROOT_URL + path,
  mnist: async () => (await import('../../dist/index.js')).loadMnist(),
};

process.once('message', async (/** @type {any} */ { task, args }) => {
  let answer;
  try {
    const { default: run } = await import(`./${task}.js`);
    answer = { result: await run(args ?? {}, place) };
  } catch (error) {
    answer = { error: error.stack };
  }
  process.send(answer, () => process.exit());
});
