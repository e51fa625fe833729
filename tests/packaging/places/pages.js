/**
 * Pages that a developer makes of the package. Each of them says what its files are, which tool makes a
 * site of them, and how that is served.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

import { serve } from '../../browser/serve.js';
import { PAGE_SCRIPT, pageOf } from './golden.js';
import { goldenFiles } from './project.js';

/** @typedef {Awaited<ReturnType<typeof import('./project.js').newProject>>} Project */
/** @typedef {{ url: string, close: () => Promise<void> }} Site */
/**
 * @typedef {object} Page
 * @property {string} name
 * @property {string} [fault] reported of other libraries, which would show here
 * @property {string} [tool] the npm package whose version counts
 * @property {string[]} browsers
 * @property {Record<string, string>} [files] the golden ones by default
 * @property {(project: Project, tools: import('./tools.js').Tools) => Promise<Site>} open
 * @property {RegExp} [says] instead of the golden hash
 */

const CHROMIUM = ['Chromium'];
const ALL = ['Chromium', 'Firefox', 'WebKit'];

const VITE = 'vite#19310, #8427, #20400';
const ESBUILD = 'esbuild#795, #312';
const POLICIES = 'w3c/webappsec-csp#443';

const DIST = './node_modules/dropout-wasm/dist';
const POLICY = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
/** Under which pages have SharedArrayBuffer. */
const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
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

/** @param {string} vite its package @returns {Page['open']} */
const viteBuild = (vite) => async (project, tools) => {
  const options = ['--outDir', project.output, '--emptyOutDir', '--logLevel', 'warn'];
  await project.run(tools.path(vite), ['build', ...options]);
  return site(project.output);
};

/** The development server, at the address that it prints. @param {string} vite its package @returns {Page['open']} */
const viteDev = (vite) => async (project, tools) => {
  const server = spawn(tools.path(vite), ['--host', '127.0.0.1'], {
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
};

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

/** The worker and the core elsewhere than a bundler leaves them, and under other names. @param {Project} project @param {import('./tools.js').Tools} tools */
async function explicit(project, tools) {
  await mkdir(join(project.output, 'elsewhere'));
  const assets = { 'worker.js': 'thread.js', 'wasm/dropout-simd.wasm': 'core.wasm' };
  for (const [from, to] of Object.entries(assets)) {
    await copyFile(join(project.folder, DIST, from), join(project.output, 'elsewhere', to));
  }
  return esbuild(['--format=esm'])(project, tools);
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
  { name: 'Vite build', fault: VITE, tool: 'vite', browsers: ALL, open: viteBuild('vite') },
  {
    name: 'esbuild, no plugin, iife',
    fault: ESBUILD,
    tool: 'esbuild',
    browsers: CHROMIUM,
    open: esbuild([]),
  },
  {
    name: 'esbuild, no plugin, esm',
    fault: ESBUILD,
    tool: 'esbuild',
    browsers: CHROMIUM,
    open: esbuild(['--format=esm']),
  },
  {
    name: 'esbuild, no plugin, dropout-wasm/inline in one file',
    fault: ESBUILD,
    tool: 'esbuild',
    browsers: CHROMIUM,
    files: goldenFiles('dropout-wasm/inline'),
    open: esbuild(['--log-override:empty-import-meta=error']),
  },
  {
    name: "esbuild, no plugin, numerics: 'fast' on the build that is made for it",
    fault: ESBUILD,
    tool: 'esbuild',
    browsers: CHROMIUM,
    files: {
      'main.js': `
import { createModel, dense } from 'dropout-wasm';
const model = await createModel({ input: 2, layers: [dense(2)] }, { numerics: 'fast' });
document.querySelector('#result').textContent = (await model.info()).variant;
`,
    },
    open: esbuild(['--format=esm']),
    says: /^relaxed$/,
  },
  {
    name: 'explicit wasm and workerUrl',
    fault: ESBUILD,
    tool: 'esbuild',
    browsers: CHROMIUM,
    files: goldenFiles('dropout-wasm', {
      wasm: './elsewhere/core.wasm',
      workerUrl: './elsewhere/thread.js',
    }),
    open: explicit,
  },
  {
    name: 'a page in place of the core: a typed error with the address and what came',
    fault: 'tfjs#6517, #6537',
    browsers: CHROMIUM,
    files: goldenFiles(`${DIST}/index.js`, { wasm: './index.html' }),
    open: ({ folder }) => site(folder),
    says: /^EngineError ENGINE .*index\.html is no WebAssembly module: an HTML page arrived/,
  },
  {
    name: 'the package on another origin',
    fault: 'emscripten#22654, webpack#16696',
    browsers: ALL,
    open: otherOrigin,
  },
  {
    name: 'isolation headers, which nothing here needs',
    fault: 'emscripten#14779',
    browsers: CHROMIUM,
    files: {
      ...goldenFiles(`${DIST}/index.js`),
      'main.js': `if (!crossOriginIsolated) throw new Error('not isolated');${PAGE_SCRIPT}`,
    },
    open: ({ folder }) => site(folder, ISOLATION),
  },
  { name: 'a subpath', browsers: CHROMIUM, files: plainPage, open: subpath },
  {
    name: `policy ${POLICY}`,
    fault: POLICIES,
    browsers: ALL,
    files: goldenFiles(`${DIST}/index.js`),
    open: under(POLICY),
  },
  {
    name: "that policy without 'wasm-unsafe-eval': a typed error that names it",
    fault: POLICIES,
    browsers: ALL,
    files: goldenFiles(`${DIST}/index.js`),
    open: under(NO_WASM),
    says: /^EngineError ENGINE .*'wasm-unsafe-eval'/,
  },
  {
    name: 'dropout-wasm/inline where the policy forbids blob: workers: a typed error that names it',
    browsers: ALL,
    files: goldenFiles(`${DIST}/inline.js`),
    open: under(POLICY),
    says: /^WorkerLostError WORKER_LOST .*worker-src must allow blob:/,
  },
  {
    name: 'dropout-wasm/inline under that policy with worker: false',
    browsers: ALL,
    files: goldenFiles(`${DIST}/inline.js`, { worker: false }),
    open: under(POLICY),
  },
  {
    name: 'dropout-wasm/inline in a browser that cannot unpack: a typed error that names what is missing',
    browsers: CHROMIUM,
    files: {
      ...goldenFiles(`${DIST}/inline.js`),
      'main.js': `delete globalThis.DecompressionStream;${PAGE_SCRIPT}`,
    },
    open: ({ folder }) => site(folder),
    says: /^EngineError ENGINE .*from this script: .*DecompressionStream/,
  },
];

/** @type {Page[]} the others, in `npm run test:everywhere` */
export const morePages = [
  ...['vite', 'vite-7', 'vite-5'].map((tool) => ({
    name: 'Vite dev',
    fault: VITE,
    tool,
    browsers: CHROMIUM,
    open: viteDev(tool),
  })),
  {
    name: 'Vite build',
    fault: VITE,
    tool: 'vite-5',
    browsers: CHROMIUM,
    open: viteBuild('vite-5'),
  },
  {
    name: 'webpack',
    fault: 'emscripten#22609',
    tool: 'webpack',
    browsers: CHROMIUM,
    open: webpack,
  },
  { name: 'Rollup', tool: 'rollup', browsers: CHROMIUM, open: rollup },
  { name: 'Parcel', tool: 'parcel', browsers: CHROMIUM, open: parcel },
  {
    name: 'Vite build of dropout-wasm/inline',
    tool: 'vite',
    browsers: CHROMIUM,
    files: goldenFiles('dropout-wasm/inline'),
    open: viteBuild('vite'),
  },
];
