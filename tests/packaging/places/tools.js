/** Programs that npm installs: those of this project, or of a folder that has more of them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './project.js';

export class Tools {
  /** @param {string} [folder] with a node_modules */
  constructor(folder = ROOT) {
    this.folder = join(folder, 'node_modules');
  }

  /** @param {string} name @returns {string} a program's path */
  path(name) {
    return join(this.folder, '.bin', name);
  }

  /** @param {string} packageName @returns {string} "name 1.2.3" */
  version(packageName) {
    const manifest = readFileSync(join(this.folder, packageName, 'package.json'), 'utf8');
    return `${packageName} ${JSON.parse(manifest).version}`;
  }
}
