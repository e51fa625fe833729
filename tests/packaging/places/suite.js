/** Every place as a test: packed, installed, trained, and the golden hash printed. */

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { browsers } from './browsers.js';
import { HASH } from './golden.js';
import { goldenFiles, newProject, removeInstalled } from './project.js';

/** @typedef {{ place: string, tool: string, engine: string, result: string }} Row of the matrix */
/** @typedef {import('./pages.js').Page} Page */
/** @typedef {import('./programs.js').Program} Program */

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
  after(removeInstalled);

  const named = (/** @type {Page | Program} */ { fault, name, tool }) =>
    [fault && `${fault}:`, name, tool && `(${tool})`].filter(Boolean).join(' ');
  /** One place: its row is there also where it fails. @param {Omit<Row, 'result'>} row @param {import('node:test').TestContext} t @param {() => Promise<string>} find */
  const record = async (row, t, find) => {
    let result = 'FAILED';
    try {
      result = await find();
    } finally {
      rows.push({ ...row, result });
      t.diagnostic([row.tool, row.engine, result].filter(Boolean).join(', '));
    }
    return result;
  };

  for (const name of names) {
    const here = pages.filter(({ browsers }) => browsers.includes(name));
    describe(`in ${name}`, () => {
      /** @type {Promise<import('./browsers.js').Reader> | undefined} */
      let opening;
      after(async () => (await opening)?.close());

      for (const page of here) {
        test(named(page), async (t) => {
          const browser = await (opening ??= browsers[name]());
          await inProject(page.files, async (project) => {
            const engine = `${name} ${browser.version}`;
            const row = { place: page.name, tool: versionOf(page.tool), engine };
            const result = await record(row, t, async () => {
              const site = await page.open(project, tools);
              return browser.read(site.url).finally(site.close);
            });
            if (page.says) assert.match(result, page.says);
            else assert.equal(result, HASH);
          });
        });
      }
    });
  }

  describe('as a program', () => {
    for (const program of programs) {
      test(named(program), async (t) => {
        await inProject(program.files, async (project) => {
          const tool = versionOf(program.tool);
          const isEngine = program.tool && program.tool !== 'typescript';
          const engine = isEngine ? tool : `Node ${process.versions.node}`;
          const row = { place: program.name, tool: isEngine ? '' : tool, engine };
          const result = await record(row, t, () => program.run(project, tools));
          assert.equal(result.trim(), HASH);
        });
      });
    }
  });
  return rows;
}
