/** What the page says to those who listen to it. */

/** At most one message a second. */
const MESSAGE_INTERVAL_MS = 1000;

/** @typedef {(message: string) => void} Say */

/**
 * The last message wins when several come within one interval.
 * @param {HTMLElement} place a live region
 * @returns {Say}
 */
export function startSaying(place) {
  let waiting = '';
  let timer = 0;
  const speak = () => {
    timer = 0;
    if (waiting === '') return;
    place.textContent = waiting;
    waiting = '';
    timer = window.setTimeout(speak, MESSAGE_INTERVAL_MS);
  };
  return (message) => {
    waiting = message;
    if (timer === 0) speak();
  };
}
