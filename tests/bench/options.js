/** The command line of the benchmark. */

import { parseArgs } from 'node:util';
import { CASES, DEFAULT_CASES } from './cases.js';
import { ENGINE_NAMES } from './engines.js';
import { BROWSER_RIVALS, RIVAL_NAMES } from './peers/rivals.js';

/** What can be measured, in this order; the sweep only where it is asked for. */
export const SECTIONS = ['footprint', 'kernels', 'times', 'predict', 'comparison', 'page', 'sweep'];

export const USAGE = `npm run bench -- [options]
  --peers [a,b]  rivals, too: ${RIVAL_NAMES.join()}; they are installed
  --sweep        other sizes of network and batch, too
  --only a,b     ${SECTIONS.join()}
  --cases a,b    ${DEFAULT_CASES.join()}; also known: ${CASES.filter((name) => !DEFAULT_CASES.includes(name)).join()}
  --engines a,b  ${ENGINE_NAMES.join()} (node: the one that runs this)
  --repeat N     3: times of each case
  --json FILE    everything measured; tests/bench/results/latest.json for a whole run with all rivals
  --help         this text`;

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

/** @param {string} name @param {string} text */
function whole(name, text) {
  if (!/^[1-9]\d*$/.test(text)) {
    throw new UsageError(`--${name} must be a whole number from 1, got ${text}`);
  }
  return Number(text);
}

/**
 * @param {string[]} args
 * @returns {{ sections: string[], engines: string[], cases: string[], rivals: string[], repeat: number, json?: string, isWhole: boolean } | undefined}
 *   isWhole: nothing that README shows was left out but the sweep; undefined: help was asked for
 * @throws {UsageError} naming the option and the value
 */
export function readOptions(args) {
  const { only, engines, cases, peers, repeat, json, sweep, help } = parse(args);
  if (help) return undefined;
  const standard = SECTIONS.filter((name) => name !== 'sweep' || sweep);
  const options = {
    sections: only === undefined ? standard : list('only', only, SECTIONS),
    engines: list('engines', engines, ENGINE_NAMES),
    cases: list('cases', cases, CASES),
    rivals: peers === undefined ? [] : list('peers', peers, RIVAL_NAMES),
    repeat: whole('repeat', repeat),
    json,
  };
  const needsChromium =
    options.rivals.find((name) => BROWSER_RIVALS.includes(name)) ??
    only?.split(',').find((name) => ['comparison', 'page'].includes(name));
  if (needsChromium && !options.engines.includes('chromium')) {
    throw new UsageError(`${needsChromium} is timed in chromium, and --engines is ${engines}`);
  }
  const isWhole =
    only === undefined &&
    DEFAULT_CASES.every((name) => options.cases.includes(name)) &&
    options.engines.length === ENGINE_NAMES.length &&
    options.rivals.length === RIVAL_NAMES.length;
  return { ...options, isWhole };
}

/** @param {string[]} args */
function parse(args) {
  // parseArgs knows no option whose value may be missing.
  const isBare = (/** @type {number} */ i) => args[i + 1]?.startsWith('-') ?? true;
  const given = args.map((arg, i) =>
    arg === '--peers' && isBare(i) ? `--peers=${RIVAL_NAMES.join()}` : arg,
  );
  try {
    return parseArgs({
      args: given,
      options: {
        only: { type: 'string' },
        engines: { type: 'string', default: ENGINE_NAMES.join() },
        cases: { type: 'string', default: DEFAULT_CASES.join() },
        peers: { type: 'string' },
        repeat: { type: 'string', default: '3' },
        json: { type: 'string' },
        sweep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}
