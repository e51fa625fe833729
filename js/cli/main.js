/** The command line from its words to its exit status. */

import { VERSION } from '../version.js';
import { UsageError, parseArguments } from './arguments.js';
import { compareCommand } from './compare.js';
import { evaluateCommand } from './evaluate.js';
import { help } from './help.js';
import { trainCommand } from './train.js';

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;
/** What a shell reports for a program that SIGINT ended: 128 + 2. */
const INTERRUPTED = 130;

/**
 * @param {readonly string[]} words without the program's name
 * @returns {Promise<number>} the exit status
 */
export async function main(words) {
  const interrupt = new AbortController();
  const onInterrupt = () => {
    // A second Ctrl-C finds no listener and ends the process at once.
    process.off('SIGINT', onInterrupt);
    interrupt.abort();
  };
  process.on('SIGINT', onInterrupt);
  // A reader that has seen enough, such as head, closes the pipe: no reason to train on.
  const onClosed = (/** @type {Error} */ error) => interrupt.abort(error);
  process.stdout.on('error', onClosed);
  try {
    const request = parseArguments(words);
    if (request.command === 'help') process.stdout.write(help());
    else if (request.command === 'version') process.stdout.write(`${VERSION}\n`);
    else if (request.command === 'train') await trainCommand(request, interrupt.signal);
    else if (request.command === 'evaluate') await evaluateCommand(request, interrupt.signal);
    else await compareCommand(request, interrupt.signal);
    return DONE;
  } catch (error) {
    return report(error);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

/**
 * @param {unknown} error
 * @returns {number}
 */
function report(error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === 'AbortError') {
    process.stderr.write('dropout-wasm: interrupted\n');
    return INTERRUPTED;
  }
  if (/** @type {NodeJS.ErrnoException} */ (error)?.code === 'EPIPE') {
    process.stderr.write('dropout-wasm: stopped, since whoever read the output closed it\n');
    return FAILED;
  }
  const isUsage = error instanceof UsageError;
  const hint = isUsage ? ' (dropout-wasm --help lists the options)' : '';
  process.stderr.write(`dropout-wasm: ${message}${hint}\n`);
  return isUsage ? WRONG_USAGE : FAILED;
}
