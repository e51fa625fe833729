/** Experiments to start from, as sentences. */

import { presets } from '../../js/cli/presets.js';
import { parseSettings } from '../../js/comparison/settings.js';
import { element } from '../dom.js';
import { addressOf, runsOf } from '../state.js';

/** @typedef {import('../state.js').Settings} Settings */
/** @typedef {{ sentence: string, options: Readonly<Record<string, string>> }} Preset `options` by flag */

/** @type {readonly Preset[]} */
const PRESETS = [
  { sentence: 'As the article ran it', options: {} },
  {
    sentence: 'The article’s layers beside PyTorch’s, and none',
    options: { variants: 'article,article-scaled,standard,none', seeds: '1-3' },
  },
  { sentence: 'The network as printed', options: { ...presets.printed.options, seeds: '1-3' } },
  {
    sentence: 'Plain SGD, where the wrong factor helps',
    options: { variants: 'unscaled,test-scaled,standard', optimizer: 'sgd', seeds: '1-3' },
  },
  { sentence: '1,000 images, where dropout pays', options: presets['small-data'].options },
  {
    sentence: 'The recipe of Srivastava and others, 40 epochs',
    options: presets.srivastava.options,
  },
  { sentence: 'A quick look, 6,000 images', options: { 'train-size': '6000', seeds: '1-3' } },
];

/** @param {HTMLElement} list @param {import('../state.js').Store} store */
export function buildPresets(list, store) {
  const links = PRESETS.map(({ sentence, options }) => {
    const settings = /** @type {Settings} */ (parseSettings(options));
    return { settings, link: element('a', { href: addressOf(settings) }, sentence) };
  });
  list.replaceChildren(...links.map(({ link }) => element('li', {}, link)));
  store.follow((current) => {
    for (const { settings, link } of links) {
      if (runsOf(settings) === runsOf(current)) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  });
}
