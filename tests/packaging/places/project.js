/** An empty project of someone else's, in which the packed tarball is installed. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { PAGE_SCRIPT, PROGRAM, goldenModule, pageOf } from './golden.js';

export const run = promisify(execFile);
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MANIFEST = '{ "name": "someone-elses", "private": true, "type": "module" }\n';
const OWN_FOLDERS = ['node_modules'];

/** Packs what is built: packing must not build again in the middle of other tests. @param {string} folder */
export async function pack(folder) {
  const options = ['--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', ['pack', ...options], { cwd: ROOT });
  const [{ filename }] = Object.values(JSON.parse(stdout));
  return join(folder, filename);
}

/** The tarball, once for all projects. @type {Promise<{ folder: string, tarball: string }> | undefined} */
let packed;

const packOnce = () =>
  (packed ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), 'packed '));
    return { folder, tarball: await pack(folder) };
  })());

/** @returns {Promise<void>} */
export async function forgetTarball() {
  if (packed) await rm((await packed).folder, { recursive: true });
  packed = undefined;
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
  const { tarball } = await packOnce();
  const folder = await mkdtemp(join(tmpdir(), 'a project '));
  const project = new Project(join(folder, 'someone elses'), join(folder, 'output'), files);
  await mkdir(project.output);
  await project.write('package.json', MANIFEST);
  await run('npm', ['install', '--no-audit', '--no-fund', '--offline', tarball], {
    cwd: project.folder,
  });
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

  /** A command inside the project, for at most two minutes. @param {string} command @param {string[]} args @param {object} [env] */
  async run(command, args, env = {}) {
    const options = { cwd: this.folder, env: { ...process.env, ...env }, timeout: 120_000 };
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
