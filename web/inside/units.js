/**
 * The units of the dropped layer for one image: in evaluation, and in a training step under that
 * step's own mask.
 */

import { formatNumber } from '../../js/report.js';
import { element, find, table } from '../dom.js';
import { latest } from '../latest.js';
import { droppedLayer } from '../trained.js';
import { drawDigit, imageOf } from './images.js';
import { drawSquares, mostOf, unitAt } from './squares.js';
import { drawBits, keptWords } from './mask-words.js';

/** A new mask this often while playing: slower than what may trouble the eye (WCAG 2.3.1). */
const STEP_INTERVAL_MS = 400;

/**
 * @typedef {object} Shown what the figure holds
 * @property {ReturnType<typeof droppedLayer>} layer
 * @property {Float32Array} evaluation
 * @property {Float32Array} training
 * @property {Uint8Array | Float32Array | undefined} mask
 * @property {number} step from 0
 */

export class Units {
  #trained;
  #chosen;
  #say;
  #step = 0;
  #timer = 0;
  #shown = /** @type {Shown | undefined} */ (undefined);
  #ask = latest(() => this.#update());
  /** @type {(error: unknown) => void} */
  #report;
  #test = /** @type {import('../../js/index.js').Dataset | undefined} */ (undefined);

  /**
   * @param {import('../trained.js').Trained} trained
   * @param {import('./chosen.js').Chosen} chosen
   * @param {{ say: (words: string) => void, report: (error: unknown) => void }} tell
   */
  constructor(trained, chosen, { say, report }) {
    this.#trained = trained;
    this.#chosen = chosen;
    this.#say = say;
    this.#report = report;
    this.#listen();
    chosen.addEventListener('change', () => this.#ask(undefined));
  }

  /** @param {import('../../js/index.js').Dataset} test */
  start(test) {
    this.#test = test;
    this.#stop();
    this.#step = Math.min(this.#step, this.#steps - 1);
    find('#unit-step').max = String(this.#steps);
    show('#unit-steps', ` of ${this.#steps.toLocaleString('en')}`);
    this.#ask(undefined);
  }

  get #steps() {
    return this.#trained.chosen?.steps ?? 1;
  }

  #listen() {
    const [step, index] = [find('#unit-step'), find('#unit-image')];
    for (const box of [step, index]) keepTyping(box);
    step.onchange = () => this.#goTo(step.valueAsNumber - 1);
    index.onchange = () => this.#choose(index.valueAsNumber);
    find('#unit-next').onclick = () => this.#goTo((this.#step + 1) % this.#steps);
    find('#unit-any').onclick = () =>
      this.#choose(Math.floor(Math.random() * (this.#test?.samples ?? 1)));
    find('#unit-play').onclick = () => (this.#timer ? this.#stop() : this.#play());
    for (const canvas of document.querySelectorAll('.unit-panel canvas')) {
      canvas.addEventListener('pointermove', (event) =>
        this.#readOut(/** @type {PointerEvent} */ (event)),
      );
      canvas.addEventListener('pointerdown', (event) =>
        this.#readOut(/** @type {PointerEvent} */ (event)),
      );
    }
    const redraw = () => this.#draw();
    new ResizeObserver(redraw).observe(find('#unit-panels'));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
    find('#unit-behind').addEventListener('toggle', () => this.#fillTable());
  }

  #play() {
    find('#unit-play').textContent = 'Pause';
    this.#timer = window.setInterval(
      () => this.#goTo((this.#step + 1) % this.#steps),
      STEP_INTERVAL_MS,
    );
  }

  #stop() {
    find('#unit-play').textContent = 'Play the steps';
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  /** @param {number} step from 0 */
  #goTo(step) {
    if (Number.isInteger(step) && step >= 0 && step < this.#steps) this.#step = step;
    this.#ask(undefined);
  }

  /** @param {number} index */
  #choose(index) {
    const { samples = 1 } = this.#test ?? {};
    if (Number.isInteger(index) && index >= 0 && index < samples) this.#chosen.set(index);
    else find('#unit-image').value = String(this.#chosen.index);
  }

  async #update() {
    const [test, kept] = [this.#test, this.#trained.chosen];
    if (!test || !kept) return;
    const [step, index] = [this.#step, this.#chosen.index];
    try {
      const layer = droppedLayer(kept.spec);
      const model = await this.#trained.model();
      const image = imageOf(test, index);
      const [evaluation, training, mask] = await Promise.all([
        model.activations(image, { layer: layer.index }),
        model.activations(image, { layer: layer.index, mode: 'train', step }),
        layer.masks === 'nothing' ? undefined : model.mask(layer.index, { step }),
      ]);
      this.#shown = { layer, evaluation, training, mask, step };
      drawDigit(find('#unit-digit'), image);
      this.#tell(kept.spec, index, test.labels[index]);
      this.#draw();
      find('#unit-behind').hidden = false;
      this.#fillTable();
    } catch (error) {
      if (kept === this.#trained.chosen) this.#report(error);
    }
  }

  /** @param {import('../../js/layers.js').Spec} spec @param {number} index @param {number} label */
  #tell(spec, index, label) {
    const { layer, mask, step } = /** @type {Shown} */ (this.#shown);
    write(find('#unit-image'), index);
    write(find('#unit-step'), step + 1);
    show('#unit-label', `a ${label}`);
    const words = keptWords(spec, layer, mask);
    show('#unit-kept', words);
    show('#unit-count', `${layer.units} units`);
    find('#unit-digit').setAttribute('aria-label', `Test image ${index}, a ${label}`);
    find('#unit-weights').hidden = layer.masks !== 'weights';
    if (!this.#timer) this.#say(`Step ${step + 1}: ${words}`);
  }

  #draw() {
    if (!this.#shown || find('#unit-panels').clientWidth === 0) return;
    const { layer, evaluation, training, mask } = this.#shown;
    const most = mostOf(evaluation, training);
    drawSquares(find('#unit-evaluation'), evaluation, { most });
    const dropped = (/** @type {number} */ unit) => layer.masks === 'units' && mask?.[unit] === 0;
    drawSquares(find('#unit-training'), training, { most, dropped });
    if (layer.masks === 'weights' && mask) {
      drawBits(find('#unit-weights canvas'), mask, layer.units);
    }
  }

  /** @param {PointerEvent} event */
  #readOut(event) {
    if (!this.#shown) return;
    const { evaluation } = this.#shown;
    const canvas = /** @type {HTMLCanvasElement} */ (event.currentTarget);
    const unit = unitAt(canvas, event, evaluation.length);
    if (unit === undefined) return;
    const [value, masked, fate] = this.#rowOf(unit);
    const words = fate === '' ? '' : `, ${fate}`;
    show('#unit-read', `Unit ${unit}: ${value} in evaluation, ${masked} in this step${words}.`);
  }

  /** @param {number} unit @returns {[string, string, string]} as words */
  #rowOf(unit) {
    const { layer, evaluation, training, mask } = /** @type {Shown} */ (this.#shown);
    const values = [evaluation[unit], training[unit]].map(formatNumber);
    let fate = '';
    if (layer.masks === 'units') fate = mask?.[unit] === 0 ? 'dropped' : 'kept';
    if (layer.masks === 'factors' && mask) fate = `factor ${formatNumber(mask[unit])}`;
    return [values[0], values[1], fate];
  }

  /** Only while it is open: a row a unit. */
  #fillTable() {
    if (!this.#shown || !find('#unit-behind').open) return;
    const { evaluation } = this.#shown;
    find('#unit-table').replaceChildren(
      table({
        head: ['unit', 'evaluation', 'training', 'mask'],
        rows: Array.from(evaluation, (_, unit) => [
          String(unit),
          ...this.#rowOf(unit).map((text) => text || '–'),
        ]),
      }),
    );
  }
}

/** @param {string} selector @param {string} text */
function show(selector, text) {
  const place = find(selector);
  if (place.textContent !== text) place.replaceChildren(element('span', {}, text));
}

/** What is computed meanwhile does not write over what the reader is typing. @param {HTMLInputElement} box @param {number} value */
function write(box, value) {
  if (!box.matches('[data-typed]')) box.value = String(value);
}

/** @param {HTMLInputElement} box */
function keepTyping(box) {
  box.addEventListener('input', () => box.toggleAttribute('data-typed', true));
  for (const event of ['change', 'blur']) {
    box.addEventListener(event, () => box.removeAttribute('data-typed'));
  }
}
