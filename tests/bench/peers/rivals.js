/** Who this package is measured against, and what has to be installed for it. */

import { readFile } from 'node:fs/promises';

import { npmInstall } from '../install.js';
import { startTorch } from './pytorch.js';

/** By the name of the command line. */
export const RIVAL_NAMES = ['torch', 'jax', 'tensorflow', 'onnxruntime'];
/** Those that train in Chromium alone. */
export const BROWSER_RIVALS = ['jax', 'tensorflow'];

const PLACE = 'build/peers';
const FOLDER = `${PLACE}/node_modules/`;
/** Folder of the files of onnxruntime-web that a page loads: a development dependency, tests use it too. */
export const ONNXRUNTIME_FOLDER = 'node_modules/onnxruntime-web/dist/';
/** Exact versions: another one is another rival. */
const PACKAGES = {
  jax: { '@jax-js/jax': '0.1.25' },
  tensorflow: { '@tensorflow/tfjs': '4.22.0', '@tensorflow/tfjs-backend-wasm': '4.22.0' },
};
/** TensorFlow.js takes minutes an epoch: its time is that of so many steps. */
const TENSORFLOW_STEPS = 120;

const isSgd = (/** @type {string} */ name) => name.endsWith('-sgd');
const hasSharedMask = (/** @type {string} */ name) => name.startsWith('article');

/**
 * @param {string[]} names
 * @param {import('../engines.js').Engine | undefined} chromium where the rivals in JavaScript run
 * @returns {Promise<{ contestants: import('../sections/times.js').Contestant[], versions: Record<string, string>, onnxruntime?: string }>}
 *   onnxruntime: its name
 */
export async function startRivals(names, chromium) {
  const packages = Object.assign({}, ...names.map((name) => PACKAGES[name] ?? {}));
  await npmInstall(PLACE, packages);
  /** @type {import('../sections/times.js').Contestant[]} */
  const contestants = [];
  /** @type {Record<string, string>} */
  const versions = { ...packages };
  if (names.includes('torch')) {
    const torch = await startTorch();
    versions.torch = torch.name;
    const name = `${torch.name}, one thread`;
    contestants.push(
      { key: 'torch', name, knows: () => true, time: (name) => torch.time(name) },
      {
        key: 'torch-sliced',
        name: `${torch.name}, dropped units sliced out`,
        knows: (name) => isSgd(name) && hasSharedMask(name),
        time: (name) => torch.time(name, true),
      },
    );
  }
  if (names.includes('jax') && chromium) {
    contestants.push({
      key: 'jax',
      name: `jax-js ${PACKAGES.jax['@jax-js/jax']} wasm, ${chromium.name}`,
      knows: isSgd,
      time: (name) => chromium.run('peers/jax', { name, folder: FOLDER }),
    });
  }
  if (names.includes('tensorflow') && chromium) {
    contestants.push({
      key: 'tensorflow',
      name: `TensorFlow.js ${PACKAGES.tensorflow['@tensorflow/tfjs']} wasm, ${chromium.name}`,
      knows: isSgd,
      time: (name) =>
        chromium.run('peers/tensorflow', { name, folder: FOLDER, steps: TENSORFLOW_STEPS }),
    });
  }
  if (!names.includes('onnxruntime')) return { contestants, versions };
  const manifest = new URL('../../../node_modules/onnxruntime-web/package.json', import.meta.url);
  const { version } = JSON.parse(await readFile(manifest, 'utf8'));
  versions['onnxruntime-web'] = version;
  return { contestants, versions, onnxruntime: `onnxruntime-web ${version} wasm` };
}
