/** The command line of the benchmark. */

import { parseArgs } from 'node:util';
import { ENGINE_NAMES } from './engines.js';

/** What can be measured, in this order; the sweep only where it is asked for. */
export const SECTIONS = ['kernels', 'sweep'];

const USAGE = `npm run bench -- [--only a,b] [--engines a,b]
  --only     ${SECTIONS.join()}
  --engines  ${ENGINE_NAMES.join()} (node: the one that runs this)`;

export class UsageError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(`${message}\nusage: ${USAGE}`);
  }
}

/** @param {string} name @param {string} text @param {readonly string[]} known */
function list(name, text, known) {
  const items = text.split(',');
  const wrong = items.find((item) => !known.includes(item));
  if (wrong !== undefined) throw new UsageError(`--${name} knows ${known.join()}, got ${wrong}`);
  return known.filter((item) => items.includes(item));
}

/** @param {string[]} args @throws {UsageError} naming the option and the value */
export function readOptions(args) {
  const { only, engines } = parse(args);
  return {
    sections: list('only', only, SECTIONS),
    engines: list('engines', engines, ENGINE_NAMES),
  };
}

/** @param {string[]} args */
function parse(args) {
  const text = (/** @type {readonly string[]} */ names) =>
    /** @type {const} */ ({ type: 'string', default: names.join() });
  try {
    return parseArgs({
      args,
      options: {
        only: text(SECTIONS.filter((name) => name !== 'sweep')),
        engines: text(ENGINE_NAMES),
      },
    }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}
