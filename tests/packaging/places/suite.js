/** Every place as a test: packed, installed, trained, and the golden hash printed. */

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { browsers } from './browsers.js';
import { HASH } from './golden.js';
import { forgetTarball, goldenFiles, newProject } from './project.js';

/** @typedef {{ place: string, tool: string, engine: string, result: string }} Row of the matrix */

/**
 * @param {Record<string, string> | undefined} files
 * @param {(project: import('./pages.js').Project) => Promise<void>} use
 */
async function inProject(files = goldenFiles(), use) {
  const project = await newProject(files);
  try {
    await use(project);
    await project.checkNothingLeft();
  } finally {
    await project.remove();
  }
}

/**
 * @param {object} suite
 * @param {import('./pages.js').Page[]} suite.pages
 * @param {import('./programs.js').Program[]} suite.programs
 * @param {import('./tools.js').Tools} suite.tools
 * @param {string[]} suite.names of the browsers to open, where a page is for them
 * @returns {Row[]} filled while the tests run
 */
export function testPlaces({ pages, programs, tools, names }) {
  /** @type {Row[]} */
  const rows = [];
  const versionOf = (/** @type {string | undefined} */ tool) => (tool ? tools.version(tool) : '');
  after(forgetTarball);

  for (const name of names) {
    const here = pages.filter(({ browsers }) => browsers.includes(name));
    describe(`in ${name}`, () => {
      /** @type {Promise<import('./browsers.js').Reader> | undefined} */
      let opening;
      after(async () => (await opening)?.close());

      for (const page of here) {
        test(page.name, async (t) => {
          const browser = await (opening ??= browsers[name]());
          await inProject(page.files, async (project) => {
            const site = await page.open(project, tools);
            const result = await browser.read(site.url).finally(site.close);
            const tool = versionOf(page.tool);
            const engine = `${name} ${browser.version}`;
            rows.push({ place: page.name, tool, engine, result });
            t.diagnostic([tool, engine, result].filter(Boolean).join(', '));
            if (page.says) assert.match(result, page.says);
            else assert.equal(result, HASH);
          });
        });
      }
    });
  }

  describe('as a program', () => {
    for (const { name, tool, files, run } of programs) {
      test(name, async (t) => {
        await inProject(files, async (project) => {
          const result = (await run(project, tools)).trim();
          const version = versionOf(tool);
          const engine = tool && tool !== 'typescript' ? '' : `Node ${process.versions.node}`;
          rows.push({ place: name, tool: version, engine, result });
          t.diagnostic([version, engine, result].filter(Boolean).join(', '));
          assert.equal(result, HASH);
        });
      });
    }
  });
  return rows;
}
