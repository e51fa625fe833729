/** What `--help` prints, from the same tables that parse. */

import { SETTINGS, parseSettings } from '../comparison/settings.js';
import { networkInfo, variantInfo } from '../variant-words.js';
import { EXTRAS, PRESET, TRAIN } from './arguments.js';
import { presets } from './presets.js';

const FLAG_WIDTH = 36;
const NAME_WIDTH = 16;

/** @returns {string} */
export function help() {
  const defaults = parseSettings({});
  const settings = SETTINGS.map(({ flag, value, help, format }) => {
    // The help of these two says more than their value in one case.
    const text = /learning-rate|train-size/.test(flag) ? undefined : format(defaults);
    return row(flag, value, text === undefined ? help : `${help} (${text})`);
  });
  const extras = [PRESET, ...EXTRAS, ...TRAIN].map(({ flag, value, help }) =>
    row(flag, value, help),
  );
  const beside = [...SETTINGS.filter(({ isView }) => isView), ...EXTRAS];
  const few = TRAIN.map(({ flag }) => `--${flag}`);
  return `Trains variants of dropout on MNIST and says whether they differ.

Usage:
  dropout-wasm compare [options]   variants x seeds, and their paired differences
  dropout-wasm run LINK [options]  the comparison that a link of the page names, with the hash of
                                   the weights of every run; the link settles all but
                                   ${beside.map(({ flag }) => `--${flag}`).join(', ')}
  dropout-wasm train [options]     one run: ${few.join(', ')}, and the options below that do not
                                   ask for several
  dropout-wasm evaluate FILE       a saved model on the test set; --data, --numerics

Options:
${[...settings, ...extras].join('\n')}
  ${'-h, --help'.padEnd(FLAG_WIDTH)}this text
  ${'--version'.padEnd(FLAG_WIDTH)}the version

Variants:
${list(variantInfo)}

Networks:
${list(networkInfo)}

Presets:
${list(presets)}

Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
`;
}

/**
 * @param {string} flag
 * @param {string} value
 * @param {string} text
 */
function row(flag, value, text) {
  return `  ${`--${flag} ${value}`.padEnd(FLAG_WIDTH)}${text}`;
}

/** @param {Readonly<Record<string, string | { description: string }>>} described by name */
function list(described) {
  return Object.entries(described)
    .map(([name, text]) => {
      const words = typeof text === 'string' ? text : text.description;
      return `  ${name.padEnd(NAME_WIDTH)}${words}`;
    })
    .join('\n');
}
