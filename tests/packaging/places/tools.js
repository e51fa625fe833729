/** Programs that npm installs: those of this project, or of a folder that has more of them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './project.js';

export class Tools {
  /** @param {string} [folder] with a node_modules */
  constructor(folder = ROOT) {
    this.folder = join(folder, 'node_modules');
  }

  /** @param {string} packageName */
  #manifest(packageName) {
    return JSON.parse(readFileSync(join(this.folder, packageName, 'package.json'), 'utf8'));
  }

  /** @param {string} packageName @param {string} [program] of the package's @returns {string} its path */
  path(packageName, program) {
    const { name, bin } = this.#manifest(packageName);
    return join(this.folder, packageName, typeof bin === 'string' ? bin : bin[program ?? name]);
  }

  /** @param {string} packageName also one that is installed under another name @returns {string} "name 1.2.3" */
  version(packageName) {
    const { name, version } = this.#manifest(packageName);
    return `${name} ${version}`;
  }
}
