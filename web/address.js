/** The address names every setting; a link within the page that names settings takes them over. */

import { find } from './dom.js';
import { addressOf, defaultSettings, isLink, readLink } from './state.js';

/** @returns {{ settings: import('./state.js').Settings, problem: string }} of the address as it is */
export function readAddress() {
  if (!isLink(location.hash)) return { settings: defaultSettings(), problem: '' };
  try {
    return { settings: readLink(location.hash), problem: '' };
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    return {
      settings: defaultSettings(),
      problem: `The address could not be read: ${message}. The settings below are the usual ones.`,
    };
  }
}

/**
 * @param {import('./state.js').Store} store
 * @param {string} problem of the address as it is; such an address stays until a setting changes
 * @param {(problem: string) => void} report
 */
export function startAddress(store, problem, report) {
  report(problem);
  let keep = problem !== '';
  store.follow((settings) => {
    const address = addressOf(settings);
    if (!keep) history.replaceState(null, '', address);
    keep = false;
  });
  addEventListener('hashchange', () => {
    if (!isLink(location.hash)) return;
    const { settings, problem } = readAddress();
    report(problem);
    // A link sets everything but what is this machine's.
    if (problem === '') store.set({ ...settings, workers: store.settings.workers });
  });
  // A place on the page must not replace the settings in the address.
  document.addEventListener('click', (event) => {
    const link = /** @type {Element} */ (event.target).closest('a[href^="#"]');
    if (link === null || isLink(/** @type {HTMLAnchorElement} */ (link).hash)) {
      if (link !== null) find('#laboratory').scrollIntoView();
      return;
    }
    event.preventDefault();
    const place = find(/** @type {HTMLAnchorElement} */ (link).hash);
    place.scrollIntoView();
    place.focus({ preventScroll: true });
  });
}
