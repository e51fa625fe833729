/** What the steps have in common: a figure that is drawn with the answer, and again at every change of its controls. */

import { element, find } from '../dom.js';
import { latest } from '../latest.js';
import { startGuess } from './guess.js';

/**
 * @typedef {object} StepFigure
 * @property {HTMLElement} words what the figure says of itself
 * @property {() => void} redraw as soon as the drawing before is done, once for many changes
 * @property {(say: import('../say.js').Say, controls: HTMLElement[], how?: { reveal?: () => Promise<void> | void, open?: boolean }) => void} start
 *   waits for the reader: the answer draws, or does what `reveal` says; `open`: the controls do not wait
 */

/**
 * @param {string} name of the step's places on the page: `#NAME-guess`, `#NAME-controls`
 * @param {string} fault what is said where drawing fails, as 'The masks could not be drawn'
 * @param {() => Promise<void> | void} draw as the controls stand
 * @param {string} [place] of its words; default `#NAME-words`
 * @returns {StepFigure}
 */
export function stepFigure(name, fault, draw, place = `#${name}-words`) {
  const words = find(place);
  const attempt = async (/** @type {() => Promise<void> | void} */ act) => {
    try {
      await act();
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      words.textContent = `${fault}: ${message}. Press the button to try again.`;
      throw error;
    }
  };
  const again = latest(() => attempt(draw).catch(() => {})); // its words have said why
  return {
    words,
    redraw: () => again(undefined),
    start(say, controls, { reveal = draw, open = false } = {}) {
      const bar = find(`#${name}-controls`);
      bar.append(...controls);
      bar.hidden = !open;
      startGuess(`#${name}-guess`, say, async () => {
        await attempt(reveal);
        bar.hidden = false;
      });
    },
  };
}

/** @param {string} name of the step @param {() => void} onStep @returns {HTMLElement} */
export function nextStepButton(name, onStep) {
  const id = `${name}-next`;
  const button = element('button', { type: 'button', class: 'plain', id }, 'Next step');
  button.addEventListener('click', onStep);
  return button;
}
