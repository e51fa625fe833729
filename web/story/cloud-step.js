/** Step 3: what the next layer gets, as the mean over masks and in evaluation, under three rules. */

import { variants } from '../../js/index.js';
import { formatNumber } from '../../js/report.js';
import { element, find, table } from '../dom.js';
import { nameWithSwatch } from '../looks.js';
import { CloudChart } from './cloud-chart.js';
import { passesSlider, shareSlider } from './slider.js';
import { stepFigure } from './step-figure.js';
import { WorkerModel } from './worker-model.js';

const IMAGES = 16;
const SEED = 1;
const NETWORK = 'intended';
/** Index of the dropout layer in each of the variants' networks. */
const LAYER = 2;
/** Room around the largest value in evaluation. */
const ROOM = 1.08;
/** Of the axes before there are points: they keep the room. */
const FIRST_LIMIT = 0.5;

const RULES = /** @type {const} */ ([
  { variant: 'unscaled', label: 'no factor' },
  { variant: 'standard', label: '× 1/keep in training' },
  { variant: 'test-scaled', label: '× keep in evaluation' },
]);

/** @typedef {(typeof RULES)[number]['variant']} Variant */
/** @typedef {import('../../js/predictions.js').Moments} Moments */

/** @param {import('../data.js').Data} data @param {import('../say.js').Say} say */
export function startCloudStep(data, say) {
  const model = new WorkerModel();
  const chart = new CloudChart(find('#cloud-chart'));
  const none = new Float32Array();
  chart.draw({ variant: 'unscaled', evaluation: none, mean: none, lines: [] }, FIRST_LIMIT);
  const asked = { variant: /** @type {Variant} */ ('unscaled'), p: 0.5, passes: 100 };
  const remember = startTable();
  let limit = 0;
  const figure = stepFigure('cloud', 'The cloud could not be computed', async () => {
    const { words } = figure;
    const { variant, p, passes } = asked;
    words.textContent = data.ready ? 'Computing.' : 'Fetching MNIST, 11\u00a0MB.';
    const { test } = await data.load();
    const images = test.images.subarray(0, IMAGES * test.features);
    const spec = { ...variants[variant](NETWORK, p), seed: SEED };
    const moments = await model.ask(spec, (one) => one.moments(images, { layer: LAYER, passes }));
    limit ||= ROOM * moments.evaluation.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    chart.draw({ variant, ...moments, lines: linesOf(p) }, limit);
    words.replaceChildren(nameWithSwatch(variant), ` ${readout(moments)}`);
    remember({ variant, p, passes }, moments);
  });
  const change = (/** @type {Partial<typeof asked>} */ changes) => {
    Object.assign(asked, changes);
    figure.redraw();
  };
  figure.start(say, [
    ruleChoice((variant) => change({ variant })),
    shareSlider('cloud-p', (p) => change({ p })),
    passesSlider('cloud-passes', asked.passes, (passes) => change({ passes })),
  ]);
}

/** @param {(variant: Variant) => void} choose */
function ruleChoice(choose) {
  const rows = RULES.map(({ variant, label }, i) => {
    const radio = element('input', { type: 'radio', name: 'cloud-rule', value: variant });
    radio.id = `cloud-${variant}`;
    radio.checked = i === 0;
    radio.onchange = () => choose(variant);
    return element('label', { class: 'choice', for: radio.id }, radio, label);
  });
  const legend = element('legend', {}, 'The factor');
  return element('fieldset', {}, legend, ...rows);
}

/** @param {number} p */
function linesOf(p) {
  if (p === 0) return [{ slope: 1, name: ['slope 1', '= keep'] }];
  const keep = { slope: 1 - p, name: ['slope keep', `= ${formatNumber(1 - p)}`] };
  return [{ slope: 1, name: ['slope 1'] }, keep];
}

/** @param {Moments} moments */
function readout({ slope, sdEvaluation, sdTraining, passes }) {
  return `slope ${formatNumber(slope)} over ${passes.toLocaleString('en')} masks; standard deviation of all values ${formatNumber(sdEvaluation)} in evaluation, ${formatNumber(sdTraining)} in training.`;
}

/** A row for each cloud that was drawn, the newest first. */
function startTable() {
  /** @type {Map<string, string[]>} */
  const rows = new Map();
  /** @param {{ variant: string, p: number, passes: number }} asked @param {Moments} moments */
  return ({ variant, p, passes }, { slope, sdEvaluation, sdTraining }) => {
    const key = [variant, p, passes].join();
    rows.delete(key);
    const figures = [slope, sdEvaluation, sdTraining].map(formatNumber);
    rows.set(key, [variant, String(p), String(passes), ...figures]);
    find('#cloud-table').replaceChildren(
      table({
        caption: `${IMAGES} test images, network ${NETWORK} before training, seed ${SEED}.`,
        head: ['', 'p', 'masks', 'slope', 'sd, evaluation', 'sd, training'],
        rows: [...rows.values()].reverse(),
      }),
    );
  };
}
