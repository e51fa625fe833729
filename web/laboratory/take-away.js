/** What a reader can take home: the link, the runs, a trained model with the lines that load it. */

import { variants } from '../../js/variants.js';
import { element, find } from '../dom.js';
import { addressOf } from '../state.js';
import { fileName } from './models.js';
import { onnxLines, safetensorsLines } from './python.js';

/** @typedef {import('../../js/comparison/line.js').RunLine} RunLine */
/** @typedef {import('./models.js').Format} Format */

/** After a click the browser reads the file at its leisure. */
const KEEP_URL_MS = 60_000;
const SHOW_COPIED_MS = 2000;

/**
 * @param {object} page
 * @param {import('../run.js').Experiment} page.experiment
 * @param {import('./models.js').Models} page.models
 * @param {import('../state.js').Store} page.store
 * @param {import('../say.js').Say} page.say
 */
export function startTakeAway({ experiment, models, store, say }) {
  store.follow((settings) => {
    const link = `${location.href.split('#')[0]}${addressOf(settings)}`;
    find('#take-link').textContent = link;
    find('#take-command').textContent = `npx dropout-wasm run '${link}'`;
  });
  for (const button of document.querySelectorAll('[data-copy]')) {
    const { copy = '' } = /** @type {HTMLElement} */ (button).dataset;
    button.addEventListener('click', () => copyText(button, find(copy), say));
  }
  const { update, chosen } = startChoice(experiment);
  experiment.addEventListener('run', update);

  find('#take-runs').addEventListener('click', () => {
    const lines = [...experiment.history.values()].map((line) => `${JSON.stringify(line)}\n`);
    saveFile('dropout-wasm-runs.jsonl', new Blob(lines, { type: 'application/jsonl' }));
  });
  const problem = find('#take-problem');
  find('#take-model').addEventListener('click', async () => {
    const { line, format } = chosen();
    problem.hidden = true;
    try {
      saveFile(fileName(line, format), await models.file(line, format));
    } catch (error) {
      problem.textContent = `${/** @type {Error} */ (error).message}. Try again.`;
      problem.hidden = false;
    }
  });
}

/** The run and the format, and the lines for both. @param {import('../run.js').Experiment} experiment */
function startChoice(experiment) {
  const select = find('#take-run');
  /** @type {RunLine[]} newest first, as in the list of runs */
  let lines = [];
  const chosen = () => ({
    line: lines[select.selectedIndex],
    format: /** @type {Format} */ (find('[name="take-format"]:checked').value),
  });
  const showLines = () => {
    const { line, format } = chosen();
    const { variant, network, p } = line;
    const write = format === 'onnx' ? onnxLines : safetensorsLines;
    find('#take-python').textContent = write(variants[variant](network, p), fileName(line, format));
  };
  select.addEventListener('change', showLines);
  for (const radio of document.querySelectorAll('[name="take-format"]')) {
    radio.addEventListener('change', showLines);
  }
  const update = () => {
    const before = lines[select.selectedIndex];
    const addresses = [...experiment.history.keys()].reverse();
    lines = [...experiment.history.values()].reverse();
    select.replaceChildren(
      ...lines.map((line, i) => element('option', { value: addresses[i] }, runName(line))),
    );
    if (before && lines.includes(before)) select.selectedIndex = lines.indexOf(before);
    find('#take-runs').textContent =
      `Download ${lines.length === 1 ? 'the run' : `all ${lines.length} runs`}`;
    for (const part of document.querySelectorAll('.take-finished')) {
      /** @type {HTMLElement} */ (part).hidden = false;
    }
    showLines();
  };
  return { update, chosen };
}

/** @param {RunLine} line */
function runName({ variant, seed, network, trainSize, epochs, weightsHash }) {
  const size = trainSize.toLocaleString('en');
  return `${variant}, seed ${seed}, ${network}, ${size} images × ${epochs}, hash ${weightsHash.slice(0, 8)}`;
}

/** @param {string} name @param {Blob} file */
function saveFile(name, file) {
  const address = URL.createObjectURL(file);
  element('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEEP_URL_MS);
}

/**
 * Without https a page has no clipboard: the text is then marked.
 * @param {Element} button says for a moment that it has copied
 * @param {HTMLElement} place
 * @param {import('../say.js').Say} say
 */
async function copyText(button, place, say) {
  try {
    await navigator.clipboard.writeText(place.textContent ?? '');
    button.textContent = 'Copied';
    setTimeout(() => (button.textContent = 'Copy'), SHOW_COPIED_MS);
    say('Copied.');
  } catch {
    getSelection()?.selectAllChildren(place);
    say('Marked; copy it with the keyboard.');
  }
}
