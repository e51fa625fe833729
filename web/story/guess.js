/** A question before the answer: the reader may guess, and may look without. */

import { find } from '../dom.js';

/**
 * @typedef {object} Guess
 * @property {() => string | undefined} value what is chosen, if anything is
 * @property {boolean} revealed
 */

/**
 * @param {string} selector of a `.guess` with radio buttons, buttons with `data-reveal` and a `.guess-answer`
 * @param {import('../say.js').Say} say
 * @param {(how: string) => Promise<void> | void} reveal shows the figure's answer; `how` is the button's
 *   `data-reveal`. The words follow once it is done; what it throws leaves the question open
 * @returns {Guess}
 */
export function startGuess(selector, say, reveal) {
  const root = find(selector);
  const answer = root.querySelector('.guess-answer');
  const chosen = () => root.querySelector('input:checked');
  /** @type {Guess} */
  const guess = { value: () => chosen()?.value, revealed: false };
  for (const button of root.querySelectorAll('[data-reveal]')) {
    button.addEventListener('click', async () => {
      try {
        await reveal(button.dataset.reveal);
      } catch {
        return; // the figure has said what is wrong
      }
      guess.revealed = true;
      root.dataset.revealed = '';
      answer.querySelector('.guessed')?.remove();
      const own = chosen();
      if (own) answer.prepend(guessed(own));
      answer.hidden = false;
      say(answer.textContent);
    });
  }
  return guess;
}

/** @param {HTMLInputElement} own the choice; one of each question has `data-right` */
function guessed(own) {
  const place = document.createElement('strong');
  place.className = 'guessed';
  const words = own.closest('label')?.textContent?.trim().replace(/\s+/g, ' ');
  place.textContent = `You guessed: ${words}. ${'right' in own.dataset ? 'Right' : 'Not quite'}. `;
  return place;
}
