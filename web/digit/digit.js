/** Wiring of "Draw a digit": the pad, the model's answer to it, and the angle. */

import { formatNumber } from '../../js/report.js';
import { find } from '../dom.js';
import { DIGITS, SIDE, drawDigit } from '../inside/images.js';
import { latest } from '../latest.js';
import { followLooks } from '../looks.js';
import { buildModelChoice } from '../model-choice.js';
import { PASSES, answer, uncertainties } from './answer.js';
import { answerTable, drawCloud, probabilityText } from './cloud.js';
import { normalise } from './normalise.js';
import { Pad } from './pad.js';
import { ANGLES, TurningChart } from './turning.js';

/** @typedef {import('./answer.js').Answer} Answer */

/** @param {import('../sections.js').Shared} shared */
export function startDigit({ trained, own, data, chosen, say }) {
  buildModelChoice(find('#digit-model'), trained, own);
  const pad = new Pad(find('#pad'), say);
  const chart = new TurningChart(find('#turn-chart'));
  /** @type {Answer | undefined} */
  let shown;

  const draw = () => drawCloud(find('#cloud'), shown, trained.chosen?.variant ?? 'standard');
  const show = (/** @type {Answer | undefined} */ told, /** @type {string} */ words) => {
    shown = told;
    find('#digit-words').textContent = words;
    find('#digit-table').replaceChildren(...(told ? [answerTable(told)] : []));
    draw();
  };

  const respond = async (/** @type {boolean} */ settled, /** @type {() => boolean} */ isNewest) => {
    const image = normaliseAt(pad, pad.angle);
    drawDigit(find('#digit-seen'), image ?? new Uint8Array(SIDE * SIDE));
    const kept = trained.chosen;
    if (kept === undefined) return show(undefined, 'No model is there to answer yet.');
    if (image === undefined) {
      chart.show(undefined);
      return show(undefined, 'Nothing is drawn yet.');
    }
    try {
      const model = await trained.model({ maskPerRow: true });
      const told = await answer(model, image);
      const words = answerWords(told);
      show(told, words);
      if (!settled) return;
      say(words);
      const turned = [];
      for (const angle of ANGLES) {
        turned.push(normaliseAt(pad, angle) ?? image);
        await nextTask();
        if (!isNewest()) return;
      }
      chart.show(await uncertainties(model, turned), Math.log(told.evaluation.length));
    } catch (error) {
      if (kept !== trained.chosen) return;
      trained.renew();
      show(
        undefined,
        `${/** @type {Error} */ (error).message}. Draw again, or choose another model.`,
      );
    }
  };
  const ask = latest(respond, (busy) => find('.answer').setAttribute('aria-busy', String(busy)));

  pad.addEventListener('change', () => {
    showAngle(pad.angle);
    chart.mark(pad.angle);
    ask(false);
  });
  pad.addEventListener('settle', () => ask(true));
  trained.addEventListener('change', () => ask(true));
  startTurning(pad, () => ask(true));
  find('#pad-clear').onclick = () => pad.clear();
  find('#pad-undo').onclick = () => pad.undo();
  find('#pad-put').onclick = async () => {
    try {
      const { test } = await data.load();
      pad.put(test, chosen.index);
      chosen.set((chosen.index + 1) % test.samples);
    } catch (error) {
      show(undefined, `${/** @type {Error} */ (error).message}. Try again.`);
    }
  };
  new ResizeObserver(draw).observe(find('#cloud'));
  followLooks(draw);
  ask(false);
}

/** The page's thread is the reader's between any two angles. */
function nextTask() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(undefined);
  });
}

/** @param {Pad} pad @param {number} angle */
function normaliseAt(pad, angle) {
  const { ink, width } = pad.inkAt(angle);
  return normalise(ink, width);
}

/** The slider, and a box that takes any angle. @param {Pad} pad @param {() => void} settle */
function startTurning(pad, settle) {
  const [slider, box] = [find('#turn'), find('#turn-box')];
  slider.oninput = () => pad.turn(slider.valueAsNumber);
  slider.onchange = settle;
  box.onchange = () => {
    const angle = box.valueAsNumber;
    if (angle >= -180 && angle <= 180) {
      pad.turn(angle);
      settle();
    } else showAngle(pad.angle);
  };
}

/** @param {number} angle */
function showAngle(angle) {
  find('#turn').value = find('#turn-box').value = String(angle);
}

/** @param {Answer} told */
function answerWords({ label, evaluation, mean, entropy, mutualInformation, variationRatio }) {
  const most = formatNumber(Math.log(evaluation.length));
  const others = Math.round(variationRatio * PASSES);
  const votes =
    others === 0
      ? `all ${PASSES} masks favour one digit`
      : `${others} of ${PASSES} masks choose a different digit from the majority`;
  return [
    `Masks off, it reads ${label}, with probability ${probabilityText(evaluation[label])}.`,
    `On average over masks it is ${probabilityText(mean[label])}, and ${votes}.`,
    ...(evaluation.length > DIGITS
      ? [`The ten digits are shown, of ${evaluation.length} outputs.`]
      : []),
    `Entropy ${formatNumber(entropy)} nats of at most ${most}, mutual information ${formatNumber(mutualInformation)}.`,
  ].join(' ');
}
