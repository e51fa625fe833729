/** An empty project of someone else's, in which the packed tarball is installed. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { PAGE_SCRIPT, PROGRAM, goldenModule, pageOf } from './golden.js';

export const run = promisify(execFile);
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MANIFEST = '{ "name": "someone-elses", "private": true, "type": "module" }\n';
/** For one command: a limit ends what hangs, it measures nothing. */
const COMMAND_MS = 300_000;
const OWN_FOLDERS = ['node_modules'];

/** Packs what is built: packing must not build again in the middle of other tests. @param {string} folder */
export async function pack(folder) {
  const options = ['--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', ['pack', ...options], { cwd: ROOT });
  const [{ filename }] = Object.values(JSON.parse(stdout));
  return join(folder, filename);
}

/** A project with the tarball installed, which every project begins as. @type {Promise<string> | undefined} */
let installed;
/** What it takes, also where it could not be installed. @type {string[]} */
let folders = [];

const installOnce = () =>
  (installed ??= (async () => {
    const names = ['packed ', 'installed '].map((name) => join(tmpdir(), name));
    folders = await Promise.all(names.map((name) => mkdtemp(name)));
    const tarball = await pack(folders[0]);
    // As deep as its copies: its manifest names the tarball by a relative path.
    const project = join(folders[1], 'project');
    await mkdir(project);
    await writeFile(join(project, 'package.json'), MANIFEST);
    const options = ['--no-audit', '--no-fund', '--offline'];
    await run('npm', ['install', ...options, tarball], { cwd: project });
    return project;
  })());

/** Also after a failure, of which who asked for a project has been told. */
export async function removeInstalled() {
  await installed?.catch(() => {});
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  [installed, folders] = [undefined, []];
}

/** The golden training as a page and as a program, by the package's own name or another of its entries. */
export const goldenFiles = (entry = 'dropout-wasm', runtime = {}) => ({
  'index.html': pageOf('./main.js'),
  'main.js': PAGE_SCRIPT,
  'program.js': PROGRAM,
  'golden.js': goldenModule(entry, { runtime }),
});

/**
 * @param {Record<string, string>} files the developer's
 * @returns {Promise<Project>}
 */
export async function newProject(files) {
  const begun = await installOnce();
  const folder = await mkdtemp(join(tmpdir(), 'a project '));
  const project = new Project(join(folder, 'someone elses'), join(folder, 'output'), files);
  await mkdir(project.output);
  await cp(begun, project.folder, { recursive: true, verbatimSymlinks: true });
  for (const [name, text] of Object.entries(files)) await project.write(name, text);
  await project.begin();
  return project;
}

class Project {
  /** @type {Record<string, string>} */
  #before = {};

  /** @param {string} folder @param {string} output beside it, for what tools make @param {Record<string, string>} files */
  constructor(folder, output, files) {
    this.folder = folder;
    this.output = output;
    this.names = ['package.json', 'package-lock.json', ...Object.keys(files)];
  }

  /** @param {string} name @param {string} text */
  async write(name, text) {
    const path = join(this.folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  async #read() {
    const texts = this.names.map((name) => readFile(join(this.folder, name), 'utf8'));
    const contents = await Promise.all(texts);
    return Object.fromEntries(this.names.map((name, i) => [name, contents[i]]));
  }

  async begin() {
    this.#before = await this.#read();
  }

  /** A command inside the project. @param {string} command @param {string[]} args @param {object} [env] */
  async run(command, args, env = {}) {
    const options = { cwd: this.folder, env: { ...process.env, ...env }, timeout: COMMAND_MS };
    try {
      return (await run(command, args, options)).stdout;
    } catch (error) {
      const { stdout, stderr, message } = /** @type {any} */ (error);
      throw new Error([message, stdout, stderr].join('\n'), { cause: error });
    }
  }

  /** What is made beside the project is of its kind, ESM. */
  async copyManifest() {
    await writeFile(join(this.output, 'package.json'), MANIFEST);
  }

  /** Nothing but the developer's files and the package, as they were. */
  async checkNothingLeft() {
    const found = await readdir(this.folder);
    const top = [...new Set(this.names.map((name) => name.split('/')[0])), ...OWN_FOLDERS];
    assert.deepEqual(found.sort(), top.sort());
    assert.deepEqual(await this.#read(), this.#before);
    const installed = await readdir(join(this.folder, 'node_modules'));
    const packages = installed.filter((name) => !name.startsWith('.')); // tools' caches
    assert.deepEqual(packages, ['dropout-wasm']);
  }

  async remove() {
    await rm(dirname(this.folder), { recursive: true, force: true, maxRetries: 5 });
  }
}
