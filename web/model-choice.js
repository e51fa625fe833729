/** Which trained model a section asks, in words and as a choice; without one, a way to get one. */

import { formatDuration } from '../js/report.js';
import { megabytes } from './data.js';
import { element } from './dom.js';
import { nameOf } from './trained.js';

const TRAINING =
  'A model is being trained: a ReLU network with standard dropout, one epoch, some seconds.';
const NONE =
  'No model has been trained yet. Press play in the laboratory, or train one now: a ReLU network ' +
  'with standard dropout, one epoch, some seconds. MNIST, 11\u00a0MB, is fetched for it.';

/** @typedef {import('./trained.js').Trained} Trained */

/**
 * One training for all sections that offer it. Fires 'change'.
 */
export class OwnTraining extends EventTarget {
  busy = false;
  words = '';
  #trained;
  #data;
  #abort = new AbortController();

  /** @param {Trained} trained @param {import('./data.js').Data} data */
  constructor(trained, data) {
    super();
    this.#trained = trained;
    this.#data = data;
    data.addEventListener('progress', () => {
      const { loaded } = data;
      if (this.busy && loaded) this.#say(`Fetching MNIST: ${megabytes(loaded.loadedBytes)} MB`);
    });
  }

  async start() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.busy = true;
    this.#say('Fetching MNIST');
    try {
      const { train } = await this.#data.load();
      if (!signal.aborted) {
        this.#say('Training');
        await this.#trained.trainOwn(train, {
          signal,
          onProgress: ({ step, steps, etaMs }) =>
            this.#say(
              `Training: ${Math.round((100 * step) / steps)} %, ${formatDuration(etaMs)} left`,
            ),
        });
      }
      this.#end('');
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      this.#end(signal.aborted ? '' : `${message}. Press the button to try again.`);
    }
  }

  stop() {
    this.#abort.abort(new DOMException('Stopped by the reader', 'AbortError'));
  }

  /** @param {string} words */
  #end(words) {
    this.busy = false;
    this.#say(words);
  }

  /** @param {string} words */
  #say(words) {
    this.words = words;
    this.dispatchEvent(new Event('change'));
  }
}

/**
 * @param {HTMLElement} place
 * @param {Trained} trained
 * @param {OwnTraining} own
 */
export function buildModelChoice(place, trained, own) {
  const select = element('select', { id: `${place.id}-select` });
  const choice = element(
    'p',
    { class: 'model-select' },
    element('label', { for: select.id }, 'Model'),
    select,
  );
  const none = element('p', { class: 'model-none' }, NONE);
  const button = element('button', { type: 'button', class: 'plain', dataset: { action: 'own' } });
  const words = element('span', { class: 'faint' });
  const offer = element('p', { class: 'model-offer' }, button, words);
  place.append(none, offer, choice);

  select.onchange = () => trained.choose(select.value);
  button.onclick = () => (own.busy ? own.stop() : own.start());
  const update = () => {
    const kept = [...trained.kept.values()];
    const hadFocus = document.activeElement === button;
    select.replaceChildren(
      ...kept.map((one) => element('option', { value: one.key }, nameOf(one))),
    );
    select.value = trained.chosen?.key ?? '';
    none.hidden = kept.length > 0;
    none.textContent = own.busy ? TRAINING : NONE;
    choice.hidden = kept.length === 0;
    offer.hidden = kept.length > 0 && !own.busy;
    button.textContent = own.busy ? 'Stop' : 'Train one now';
    words.textContent = own.words;
    if (hadFocus && offer.hidden) select.focus();
  };
  for (const event of ['list', 'change']) trained.addEventListener(event, update);
  own.addEventListener('change', update);
  update();
}
