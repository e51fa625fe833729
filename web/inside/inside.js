/** Wiring of "Looking inside": one trained model, one test image, and four figures that ask them. */

import { find } from '../dom.js';
import { buildModelChoice } from '../model-choice.js';
import { Features } from './features.js';
import { Units } from './units.js';
import { Whole } from './whole.js';

/** @param {import('../sections.js').Shared} shared */
export function startInside({ trained, own, data, chosen, say }) {
  buildModelChoice(find('#inside-model'), trained, own);
  const report = (/** @type {unknown} */ error) => {
    trained.renew();
    const place = find('#inside-problem');
    place.hidden = false;
    place.textContent = `${/** @type {Error} */ (error).message}. Choose another image or model to try again.`;
  };
  const units = new Units(trained, chosen, { say, report });
  const features = new Features(trained, chosen, { report });
  const whole = new Whole(trained, (index) => {
    chosen.set(index);
    find('#units').scrollIntoView({ block: 'nearest' });
    say(`Test image ${index} is shown above.`);
  });

  let abort = new AbortController();
  let visible = false;
  let asked = /** @type {object | undefined} */ (undefined);

  /** Nothing is asked of a model before the reader is near. */
  const ask = async () => {
    if (!visible || trained.chosen === undefined || trained.chosen === asked) return;
    asked = trained.chosen;
    abort = new AbortController();
    const { signal } = abort;
    try {
      const { test } = await data.load();
      if (signal.aborted) return;
      find('#inside-figures').hidden = false;
      find('#inside-problem').hidden = true;
      units.start(test);
      features.start(test);
      await whole.start(test, signal);
    } catch (error) {
      if (signal.aborted) return;
      asked = undefined;
      report(error);
    }
  };

  trained.addEventListener('change', () => {
    abort.abort();
    ask();
  });
  new IntersectionObserver((entries) => {
    visible = entries.some(({ isIntersecting }) => isIntersecting);
    ask();
  }).observe(find('#inside'));
}
