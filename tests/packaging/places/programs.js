/** Programs that a developer runs or compiles: the golden hash on standard output. */

import { symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { goldenModule } from './golden.js';
import { goldenFiles } from './project.js';

/** @typedef {import('./pages.js').Project} Project */
/**
 * @typedef {object} Program
 * @property {string} name
 * @property {string} [fault] reported of other libraries, which would show here
 * @property {string} [tool] the npm package whose version counts; else this process's Node
 * @property {Record<string, string>} [files] the golden ones by default
 * @property {(project: Project, tools: import('./tools.js').Tools) => Promise<string>} run gives the output
 */

const inline = goldenFiles('dropout-wasm/inline');

/** @param {Project} project @returns {Promise<string>} */
const node = (project) => project.run(process.execPath, ['program.js']);

/** @param {string} tool @param {string[]} options @returns {Program['run']} */
const installed =
  (tool, ...options) =>
  (project, tools) =>
    project.run(tools.path(tool), [...options, 'program.js']);

/**
 * Compiled under `strict` and the settings that matter here, the declarations of the package too, and
 * run by Node. No library beyond the target's own is asked for.
 * @param {string} module
 * @param {string} resolution
 * @returns {Program['run']}
 */
const typescript = (module, resolution) => async (project, tools) => {
  const settings = ['--strict', '--target', 'es2022'];
  const resolving = ['--module', module, '--moduleResolution', resolution];
  const files = ['golden.ts', 'program.ts', '--outDir', project.output];
  await project.run(tools.path('typescript', 'tsc'), [...settings, ...resolving, ...files]);
  // What is compiled stands beside the project; as if it stood in it.
  await symlink(join(project.folder, 'node_modules'), join(project.output, 'node_modules'));
  await project.copyManifest();
  return project.run(process.execPath, [join(project.output, 'program.js')]);
};

const typed = {
  'golden.ts': goldenModule('dropout-wasm', { typed: true }),
  'program.ts':
    "import { train } from './golden.js';\ntrain().then((hash) => console.log(hash));\n",
};

/** @type {Program[]} in `npm test` */
export const fewPrograms = [
  { name: 'Node', fault: 'nodejs/node#51744', run: node },
  { name: 'Node, dropout-wasm/inline', files: inline, run: node },
  {
    name: 'Node, dropout-wasm/inline, worker: false',
    files: goldenFiles('dropout-wasm/inline', { worker: false }),
    run: node,
  },
  {
    name: 'TypeScript, moduleResolution nodenext',
    tool: 'typescript',
    files: typed,
    run: typescript('nodenext', 'nodenext'),
  },
  {
    name: 'TypeScript, moduleResolution bundler',
    tool: 'typescript',
    files: typed,
    run: typescript('esnext', 'bundler'),
  },
];

/** @type {Program[]} the others, in `npm run test:everywhere` */
export const morePrograms = [
  { name: 'Node, the newest with long support', tool: 'node', run: installed('node') },
  { name: 'the same, dropout-wasm/inline', tool: 'node', files: inline, run: installed('node') },
  { name: 'Deno', tool: 'deno', run: installed('deno', 'run', '--allow-read', '--allow-env') },
  {
    name: 'Deno, dropout-wasm/inline',
    tool: 'deno',
    files: inline,
    run: installed('deno', 'run', '--allow-read', '--allow-env'),
  },
  { name: 'Bun', tool: 'bun', run: installed('bun', 'run') },
  { name: 'Bun, dropout-wasm/inline', tool: 'bun', files: inline, run: installed('bun', 'run') },
];
