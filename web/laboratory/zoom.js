/** The part of a chart that is in view: by a drag, by buttons, and back by Escape. */

import { element } from '../dom.js';

/** @typedef {[number, number]} Range */
/** @typedef {{ x: Range, y: Range, at: [number, number], isLogarithmic: boolean }} Look what is in view, and the place that matters most in it */

/** Of the width and height in view, what one press of the button leaves. */
const STEP = 0.5;
/** A drag shorter than this is a click, in CSS pixels. */
const MIN_DRAG = 8;

export class Zoom {
  /** @type {Range | undefined} all of it */
  x = undefined;
  /** @type {Range | undefined} */
  y = undefined;
  #changed;
  #all;

  /**
   * @param {string} name of what is shown, for those who hear the buttons
   * @param {() => void} changed
   * @param {() => Look | undefined} look
   */
  constructor(name, changed, look) {
    this.#changed = changed;
    const closer = element('button', { type: 'button', class: 'link' }, 'Zoom in');
    closer.setAttribute('aria-label', `Zoom in on the ends of ${name}`);
    closer.onclick = () => {
      const view = look();
      if (!view) return;
      const y = nearer(view.y, view.at[1], view.isLogarithmic);
      this.set(nearer(view.x, view.at[0], false), y);
    };
    this.#all = element('button', { type: 'button', class: 'link' }, 'Show all');
    this.#all.setAttribute('aria-label', `Show all of ${name}`);
    this.#all.onclick = () => {
      this.reset();
      closer.focus();
    };
    this.#all.hidden = true;
    this.tools = element('div', { class: 'chart-tools' }, closer, this.#all);
  }

  /** @param {Range} x @param {Range} y */
  set(x, y) {
    this.x = x;
    this.y = y;
    this.#all.hidden = false;
    this.#changed();
  }

  reset() {
    if (this.x === undefined) return;
    this.x = this.y = undefined;
    this.#all.hidden = true;
    this.#changed();
  }

  /** uPlot's part: a drag chooses, a double click and Escape undo. @param {HTMLElement} figure */
  options(figure) {
    figure.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.reset();
    });
    const points = { show: false };
    return {
      cursor: {
        x: false,
        y: false,
        points,
        drag: { x: true, y: true, uni: MIN_DRAG, setScale: false },
        bind: { dblclick: () => () => (this.reset(), null) },
      },
      setSelect: (/** @type {import('uplot')} */ plot) => {
        const { left, top, width, height } = plot.select;
        if (width < MIN_DRAG || height < MIN_DRAG) return;
        plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        this.set(
          [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')],
          [plot.posToVal(top + height, 'y'), plot.posToVal(top, 'y')],
        );
      },
    };
  }
}

/** A shorter range that holds a place, where it has it in view. @param {Range} range @param {number} place @param {boolean} isLogarithmic @returns {Range} */
function nearer([low, high], place, isLogarithmic) {
  const [to, from] = isLogarithmic ? [Math.log, Math.exp] : [Number, Number];
  const [a, b, c] = [to(low), to(high), to(Math.min(high, Math.max(low, place)))];
  const width = (b - a) * STEP;
  const start = Math.min(b - width, Math.max(a, c - width / 2));
  return [from(start), from(start + width)];
}
