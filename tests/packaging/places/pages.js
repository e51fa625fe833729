/**
 * Pages that a developer makes of the package. Each of them says what its files are, which tool makes a
 * site of them, and how that is served.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

import { serve } from '../../browser/serve.js';
import { pageOf } from './golden.js';
import { goldenFiles } from './project.js';

/** @typedef {Awaited<ReturnType<typeof import('./project.js').newProject>>} Project */
/** @typedef {{ url: string, close: () => Promise<void> }} Site */
/**
 * @typedef {object} Page
 * @property {string} name
 * @property {string} [tool] the npm package whose version counts
 * @property {string[]} browsers
 * @property {Record<string, string>} [files] the golden ones by default
 * @property {(project: Project, tools: import('./tools.js').Tools) => Promise<Site>} open
 * @property {RegExp} [says] instead of the golden hash
 */

const CHROMIUM = ['Chromium'];
const ALL = ['Chromium', 'Firefox', 'WebKit'];

const DIST = './node_modules/dropout-wasm/dist';
const POLICY = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
const NO_WASM = "script-src 'self'; worker-src 'self'";

/** @param {string} folder @param {Record<string, string>} [headers] @returns {Promise<Site>} */
async function site(folder, headers) {
  const { address, close } = await serve(folder, 0, headers);
  return { url: address, close };
}

const importMap = (/** @type {string} */ place) =>
  `<script type="importmap">{ "imports": { "dropout-wasm": "${place}/index.js" } }</script>`;

const plainPage = { ...goldenFiles(), 'index.html': pageOf('./main.js', importMap(DIST)) };

/** What a bundler made in the output, on a page of its own. @param {Project} project @param {string} script */
async function pageAround(project, script) {
  await writeFile(join(project.output, 'index.html'), pageOf(script));
  return site(project.output);
}

/** @param {string[]} options @returns {Page['open']} */
const esbuild = (options) => async (project, tools) => {
  const outfile = `--outfile=${join(project.output, 'bundle.js')}`;
  await project.run(tools.path('esbuild'), ['main.js', '--bundle', outfile, ...options]);
  return pageAround(project, './bundle.js');
};

/** @param {Project} project @param {import('./tools.js').Tools} tools @returns {Promise<Site>} */
async function viteBuild(project, tools) {
  const options = ['--outDir', project.output, '--emptyOutDir', '--logLevel', 'warn'];
  await project.run(tools.path('vite'), ['build', ...options]);
  return site(project.output);
}

/** The development server, at the address that it prints. @param {Project} project @param {import('./tools.js').Tools} tools @returns {Promise<Site>} */
async function viteDev(project, tools) {
  const server = spawn(tools.path('vite'), ['--host', '127.0.0.1'], {
    cwd: project.folder,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const close = async () => {
    if (server.exitCode === null && server.kill()) await once(server, 'exit');
  };
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /Local:\s+(http:\S+)/.exec(line)?.[1];
    if (url) return { url, close };
  }
  throw new Error('Vite ended before it said where it serves');
}

/** @param {Project} project @param {import('./tools.js').Tools} tools */
async function webpack(project, tools) {
  const options = ['--mode', 'production', '--entry', './main.js', '-o', project.output];
  const output = await project.run(tools.path('webpack'), ['build', ...options]);
  if (/WARNING|ERROR/.test(output)) throw new Error(output);
  return pageAround(project, './main.js');
}

/** Rollup finds no packages without this plugin, which lies with the tool and not in the project. @param {Project} project @param {import('./tools.js').Tools} tools */
async function rollup(project, tools) {
  const configuration = join(project.output, 'rollup.config.mjs');
  const plugin = join(tools.folder, '@rollup/plugin-node-resolve/dist/es/index.js');
  await writeFile(
    configuration,
    `import resolve from ${JSON.stringify(plugin)};
     export default { input: 'main.js', output: { dir: ${JSON.stringify(project.output)} }, plugins: [resolve()] };`,
  );
  await project.run(tools.path('rollup'), ['--config', configuration, '--silent']);
  return pageAround(project, './main.js');
}

/** @param {Project} project @param {import('./tools.js').Tools} tools */
async function parcel(project, tools) {
  const options = ['--dist-dir', project.output, '--cache-dir', join(project.output, '.cache')];
  await project.run(tools.path('parcel'), ['build', 'index.html', ...options]);
  return site(project.output);
}

/** The page imports the package from a server of its own. @param {Project} project @returns {Promise<Site>} */
async function otherOrigin(project) {
  const packages = await serve(join(project.folder, 'node_modules'), 0, {
    'access-control-allow-origin': '*',
  });
  const map = importMap(`${packages.address}dropout-wasm/dist`);
  await writeFile(join(project.output, 'index.html'), pageOf('./main.js', map));
  for (const name of ['main.js', 'golden.js']) {
    await copyFile(join(project.folder, name), join(project.output, name));
  }
  const page = await site(project.output);
  const close = async () => {
    await page.close();
    await packages.close();
  };
  return { url: page.url, close };
}

/** @param {Project} project @returns {Promise<Site>} */
async function subpath(project) {
  const { url, close } = await site(dirname(project.folder));
  return { url: `${url}someone%20elses/`, close };
}

/** @param {string} policy @returns {Page['open']} */
const under = (policy) => (project) => site(project.folder, { 'content-security-policy': policy });

/** @type {Page[]} in `npm test`, in Chromium */
export const fewPages = [
  {
    name: 'plain page with an import map',
    browsers: ALL,
    files: plainPage,
    open: ({ folder }) => site(folder),
  },
  { name: 'Vite build', tool: 'vite', browsers: ALL, open: viteBuild },
  { name: 'esbuild, no plugin, iife', tool: 'esbuild', browsers: CHROMIUM, open: esbuild([]) },
  {
    name: 'esbuild, no plugin, esm',
    tool: 'esbuild',
    browsers: CHROMIUM,
    open: esbuild(['--format=esm']),
  },
  {
    name: 'esbuild, no plugin, dropout-wasm/inline in one file',
    tool: 'esbuild',
    browsers: CHROMIUM,
    files: goldenFiles('dropout-wasm/inline'),
    open: esbuild(['--log-override:empty-import-meta=error']),
  },
  { name: 'the package on another origin', browsers: CHROMIUM, open: otherOrigin },
  { name: 'a subpath', browsers: CHROMIUM, files: plainPage, open: subpath },
  {
    name: `policy ${POLICY}`,
    browsers: CHROMIUM,
    files: goldenFiles(`${DIST}/index.js`),
    open: under(POLICY),
  },
  {
    name: "that policy without 'wasm-unsafe-eval': a typed error that names it",
    browsers: CHROMIUM,
    files: goldenFiles(`${DIST}/index.js`),
    open: under(NO_WASM),
    says: /^EngineError ENGINE .*'wasm-unsafe-eval'/,
  },
  {
    name: 'dropout-wasm/inline where the policy forbids blob: workers: a typed error that names it',
    browsers: CHROMIUM,
    files: goldenFiles(`${DIST}/inline.js`),
    open: under(POLICY),
    says: /^WorkerLostError WORKER_LOST .*worker-src must allow blob:/,
  },
  {
    name: 'dropout-wasm/inline under that policy with worker: false',
    browsers: CHROMIUM,
    files: goldenFiles(`${DIST}/inline.js`, { worker: false }),
    open: under(POLICY),
  },
];

/** @type {Page[]} the others, in `npm run test:everywhere` */
export const morePages = [
  { name: 'Vite dev', tool: 'vite', browsers: CHROMIUM, open: viteDev },
  { name: 'webpack', tool: 'webpack', browsers: CHROMIUM, open: webpack },
  { name: 'Rollup', tool: 'rollup', browsers: CHROMIUM, open: rollup },
  { name: 'Parcel', tool: 'parcel', browsers: CHROMIUM, open: parcel },
  {
    name: 'Vite build of dropout-wasm/inline',
    tool: 'vite',
    browsers: CHROMIUM,
    files: goldenFiles('dropout-wasm/inline'),
    open: viteBuild,
  },
];
