/** What only the benchmark needs: packages of npm in a folder of their own, packages of Debian. */

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @param {string} place folder below the repository's, which git ignores
 * @param {Record<string, string>} packages exact versions by name
 */
export async function npmInstall(place, packages) {
  const missing = [];
  for (const [name, version] of Object.entries(packages)) {
    if ((await installed(`${ROOT}${place}`, name)) !== version) missing.push(`${name}@${version}`);
  }
  if (missing.length === 0) return;
  console.error(`installing ${missing.join(' ')} (once)`);
  const options = [
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--save-exact',
    '--prefix',
    place,
  ];
  try {
    await run('npm', ['install', ...options, ...missing], { cwd: ROOT });
  } catch (error) {
    throw new Error(`npm could not install ${missing.join(' ')}: ${error.stderr || error.message}`);
  }
}

/** @param {string} folder @param {string} name @returns {Promise<string | undefined>} version */
async function installed(folder, name) {
  try {
    const manifest = await readFile(`${folder}/node_modules/${name}/package.json`, 'utf8');
    return JSON.parse(manifest).version;
  } catch {
    return undefined; // not there, or not whole
  }
}

/** @param {string[]} packages of Debian */
export async function aptInstall(packages) {
  const isThere = async (/** @type {string} */ name) => {
    try {
      const { stdout } = await run('dpkg-query', ['-W', '-f', '${Status}', name]);
      return stdout.endsWith(' installed');
    } catch {
      return false; // unknown to dpkg, or there is no dpkg
    }
  };
  const there = await Promise.all(packages.map(isThere));
  const missing = packages.filter((_, i) => !there[i]);
  if (missing.length === 0) return;
  console.error(`installing ${missing.join(' ')} (once)`);
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (/** @type {string[]} */ ...args) => {
    const [command, ...rest] = [...sudo, 'apt-get', ...args];
    return run(command, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  };
  try {
    await apt('update', '-qq');
    await apt('install', '-y', '-qq', '--no-install-recommends', ...missing);
  } catch (error) {
    const line = `sudo apt-get install ${missing.join(' ')}`;
    throw new Error(`could not install; type: ${line}\n${error.stderr || error.message}`);
  }
}
