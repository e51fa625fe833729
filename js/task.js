/** One call on the thread that owns the core: it gives way to messages, pauses and aborts. */

import { DropoutWasmError } from './errors.js';
import { ABORTED, SLICE_MS } from './protocol.js';
import { nextTurn } from './turn.js';

export class Task {
  #aborted = false;
  #paused;
  /** Steps that a held training may do. */
  #grants = 0;
  /** Whether the last step was one of them: what follows it up to the next one is, too. */
  #isGranted = false;
  /** Long past: a task gives way once before it begins, to what was sent right behind its call. */
  #sliceEnd = 0;
  #busySince = performance.now();
  /** Wakes a task that is held. */
  #wake = () => {};
  #busyMs = 0;

  /**
   * @param {(value: any) => void} [report] takes progress
   * @param {boolean} [paused] whether it holds before it begins
   */
  constructor(report = () => {}, paused = false) {
    this.report = report;
    this.#paused = paused;
  }

  /** @param {import('./protocol.js').ControlAction} action */
  control(action) {
    if (action === 'abort') this.#aborted = true;
    else if (action === 'step') this.#grants++;
    else {
      this.#paused = action === 'pause';
      this.#grants = 0;
      this.#isGranted = false;
    }
    this.#wake();
  }

  /**
   * Begins a step, once nothing holds it.
   * @returns {boolean} whether `step` asked for it
   */
  beginStep() {
    this.#isGranted = this.#grants > 0;
    return this.#isGranted;
  }

  /** Ends what one `step` asked for, unless a pause or its end has done so. */
  endStep() {
    if (this.#isGranted) this.#grants--;
    this.#isGranted = false;
  }

  /** Begins to count busy time, from 0. */
  restart() {
    this.#busyMs = 0;
    this.#busySince = performance.now();
  }

  /** @returns {number} milliseconds since `restart`, pauses and other calls left out */
  settle() {
    const now = performance.now();
    this.#busyMs += now - this.#busySince;
    this.#busySince = now;
    return this.#busyMs;
  }

  /** What `settle` gave last: of a task that gives way, all its time. */
  get busyMs() {
    return this.#busyMs;
  }

  /** Whether `breathe` has something to do. */
  get isDue() {
    return this.#aborted || this.#paused || performance.now() >= this.#sliceEnd;
  }

  /**
   * Call between two steps: returns at once while the slice lasts, else after messages had a turn and
   * once no pause holds the task.
   * @throws {DropoutWasmError} with the code `ABORTED`, once the task is aborted
   */
  async breathe() {
    if (this.isDue) await this.giveWay();
  }

  /** The same, whether or not the slice lasts. */
  async giveWay() {
    this.settle();
    await nextTurn();
    while (this.#paused && this.#grants === 0 && !this.#aborted) {
      await new Promise((resolve) => {
        this.#wake = () => resolve(undefined);
      });
    }
    if (this.#aborted) throw new DropoutWasmError(ABORTED, 'the call was aborted');
    this.#busySince = performance.now();
    this.#sliceEnd = this.#busySince + SLICE_MS;
  }
}
