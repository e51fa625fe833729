/** One comparison at a time: its phases, what it has computed, and all runs of this visit. */

import { COMPARISON_DEFAULTS } from '../js/comparison/defaults.js';
import { PauseController, compare } from '../js/index.js';
import { Curves } from './curves.js';
import { addressOfRun } from './state.js';

/** @typedef {import('./state.js').Settings} Settings */
/** @typedef {import('../js/comparison/line.js').RunLine} RunLine */
/** @typedef {import('../js/comparison/progress.js').CompareProgress} CompareProgress */
/** @typedef {Parameters<NonNullable<import('../js/compare.js').CompareOptions['onEpoch']>>[0]} EpochTold */
/** @typedef {'idle' | 'loading' | 'running' | 'paused' | 'done' | 'stopped' | 'failed'} Phase */
/** @typedef {(line: RunLine, model: any, test: any) => Promise<void>} Inspect looks at a trained model before it is gone */

/** Least time between two 'progress' events, ms: who draws takes a core from a worker meanwhile, and nobody reads faster. */
const PROGRESS_INTERVAL_MS = 500;

/** Fires 'phase', 'progress' and 'run'. */
export class Experiment extends EventTarget {
  /** @type {Phase} */
  phase = 'idle';
  /** @type {Settings | undefined} of the comparison in view */
  settings = undefined;
  /** @type {Curves | undefined} */
  curves = undefined;
  /** Finished runs of the comparison in view. @type {RunLine[]} */
  runs = [];
  /** Every finished run of this visit, by the address that repeats it. @type {Map<string, RunLine>} */
  history = new Map();
  /** @type {Error | undefined} */
  error = undefined;

  /** The course of each, by the same address. @type {Map<string, import('./curves.js').Trace>} */
  #traces = new Map();
  /** Whether the comparison is to do its first steps one by one. */
  #isStepping = false;
  #told = 0;
  /** When progress was told, and the timer that tells it next. */
  #toldAt = -Infinity;
  #telling = 0;

  #data;
  #inspect;
  #abort = new AbortController();
  #pause = new PauseController();
  /** The last report of every run that is going on, and the how manieth of all. @type {Map<number, CompareProgress & { told: number }>} */
  #active = new Map();

  /** @param {import('./data.js').Data} data @param {Inspect} inspect */
  constructor(data, inspect) {
    super();
    this.#data = data;
    this.#inspect = inspect;
  }

  get busy() {
    return this.phase === 'loading' || this.phase === 'running' || this.phase === 'paused';
  }

  /** How far the comparison in view is, from 0 to 1. */
  get fraction() {
    if (!this.settings) return 0;
    const { seeds, variants } = this.settings;
    const parts = [...this.#active.values()].reduce(
      (sum, { step, steps }) => sum + step / steps,
      0,
    );
    return Math.min(1, (this.runs.length + parts) / (seeds.length * variants.length));
  }

  /** How fast it is, over all workers; undefined before the first step. */
  get pace() {
    const active = [...this.#active.values()];
    if (active.length === 0) return undefined;
    return {
      samplesPerSecond: active.reduce((sum, run) => sum + run.samplesPerSecond, 0),
      etaMs: Math.min(...active.map(({ etaMs }) => etaMs)),
      /** Of the run that told last. */
      latest: active.reduce((last, run) => (run.told > last.told ? run : last)),
    };
  }

  /** @param {Settings} settings @param {{ paused?: boolean }} [how] `paused`: one step, and it holds */
  async play(settings, { paused = false } = {}) {
    if (this.busy) return;
    this.#abort = new AbortController();
    this.#pause = new PauseController();
    this.#isStepping = paused;
    if (paused) this.#pause.pause();
    // A run that begins held has nobody to ask for its first step but this.
    this.#pause.addEventListener('held', (event) => {
      if (this.#isStepping) /** @type {Event & { step: () => void }} */ (event).step();
    });
    this.error = undefined;
    this.#enter('loading');
    const { signal } = this.#abort;
    try {
      const data = await untilAborted(this.#data.load(), signal);
      this.#begin(settings);
      const { runs } = await compare(settings.variants, data, this.#options(settings, data.test));
      this.runs = runs;
      this.#enter('done');
    } catch (error) {
      if (!signal.aborted) this.error = /** @type {Error} */ (error);
      this.#enter(signal.aborted ? 'stopped' : 'failed');
    }
  }

  pause() {
    if (this.phase !== 'running') return;
    this.#pause.pause();
    this.#enter('paused');
  }

  /** One optimizer step of every run under way, then it holds; begins the comparison if none is going on. @param {Settings} settings */
  step(settings) {
    if (this.phase === 'running') this.pause();
    else if (this.phase === 'paused') {
      this.#isStepping = false;
      this.#pause.step();
    } else if (!this.busy) this.play(settings, { paused: true });
  }

  resume() {
    if (this.phase !== 'paused') return;
    this.#isStepping = false;
    this.#pause.resume();
    this.#enter('running');
  }

  /** Ends what is going on; finished runs stay. */
  stop() {
    if (this.busy) this.#abort.abort(new DOMException('Stopped by the reader', 'AbortError'));
  }

  /** What was computed earlier in this visit is there at once. @param {Settings} settings */
  #begin(settings) {
    this.settings = settings;
    const { trainSize = COMPARISON_DEFAULTS.trainSize, batchSize, variants, epochs } = settings;
    this.curves = new Curves(variants, epochs, trainSize / batchSize);
    this.runs = [];
    this.#active.clear();
    for (const seed of settings.seeds) {
      for (const variant of settings.variants) {
        const address = addressOfRun(settings, variant, seed);
        const line = this.history.get(address);
        const trace = this.#traces.get(address);
        if (line) this.runs.push(line);
        if (trace) this.curves.adopt(variant, seed, trace);
      }
    }
    this.#enter(this.#pause.paused ? 'paused' : 'running');
  }

  /** @param {Settings} settings @param {any} test */
  #options({ variants: _, ...settings }, test) {
    return {
      ...settings,
      completed: [...this.history.values()],
      signal: this.#abort.signal,
      pause: this.#pause,
      onProgress: (/** @type {CompareProgress} */ progress) => this.#advance(progress),
      onEpoch: (/** @type {EpochTold} */ told) => {
        this.curves?.addEpoch(told.variant, told.seed, told);
        this.#tellProgress();
      },
      onRun: async (/** @type {RunLine} */ line, /** @type {{ model: any }} */ { model }) => {
        await this.#inspect(line, model, test);
        this.#finish(line);
      },
    };
  }

  /** @param {CompareProgress} progress */
  #advance(progress) {
    const { run, variant, seed } = progress;
    const finished = this.runs.some((line) => line.variant === variant && line.seed === seed);
    if (finished) this.#active.delete(run);
    else this.#active.set(run, { ...progress, told: this.#told++ });
    if (!finished) this.curves?.addLoss(variant, seed, progress);
    this.#tellProgress();
  }

  /** At once, unless it was told just now. */
  #tellProgress() {
    const wait = this.#toldAt + PROGRESS_INTERVAL_MS - performance.now();
    this.#telling ||= window.setTimeout(
      () => {
        this.#telling = 0;
        this.#toldAt = performance.now();
        this.dispatchEvent(new Event('progress'));
      },
      Math.max(0, wait),
    );
  }

  /** @param {RunLine} line */
  #finish(line) {
    for (const [run, { variant, seed }] of this.#active) {
      if (variant === line.variant && seed === line.seed) this.#active.delete(run);
    }
    this.#isStepping = false; // The first step of the run that takes its place is the reader's.
    const address = addressOfRun(/** @type {Settings} */ (this.settings), line.variant, line.seed);
    this.history.set(address, line);
    if (this.curves) this.#traces.set(address, this.curves.trace(line.variant, line.seed));
    this.runs.push(line);
    this.dispatchEvent(new Event('run'));
  }

  /** @param {Phase} phase */
  #enter(phase) {
    this.phase = phase;
    this.dispatchEvent(new Event('phase'));
  }
}

/** @template T @param {Promise<T>} promise @param {AbortSignal} signal @returns {Promise<T>} */
function untilAborted(promise, signal) {
  return Promise.race([
    promise,
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
  ]);
}
