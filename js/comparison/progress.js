/** How far a comparison is, and how long it will take. */

/** Milliseconds between two reports of one run: as often as an eye can use. */
const INTERVAL = 100;

/**
 * @typedef {import('../options.js').FitProgress & {
 *   variant: string, cell: string, seed: number, run: number, runs: number, done: number, etaMs: number,
 * }} CompareProgress progress of the run's `fit`, and: `cell`, the variant and what varies; `run`,
 *   from 1, of `runs`; `done`, runs that have ended; `etaMs`, time left for the whole comparison
 */

export class Progress {
  #runs;
  #done;
  #totalSteps;
  #onProgress;
  #pause;
  /** Steps of each run so far, by run. @type {Map<number, number>} */
  #steps = new Map();
  /** When each run last reported, and what. @type {Map<number, { at: number, progress: import('../options.js').FitProgress }>} */
  #last = new Map();
  #started = performance.now();
  #pausedAt = NaN;
  #pausedFor = 0;
  #onPause = () => {
    const now = performance.now();
    if (this.#pause?.paused) this.#pausedAt = now;
    else this.#pausedFor += now - this.#pausedAt;
  };

  /**
   * @param {object} options
   * @param {number} options.runs
   * @param {number} options.done those that need not be run
   * @param {number} options.totalSteps of those that do
   * @param {((progress: CompareProgress) => void) | undefined} options.onProgress
   * @param {import('../pause.js').PauseController | undefined} options.pause
   */
  constructor({ runs, done, totalSteps, onProgress, pause }) {
    this.#runs = runs;
    this.#done = done;
    this.#totalSteps = totalSteps;
    this.#onProgress = onProgress;
    this.#pause = pause;
    if (pause?.paused) this.#pausedAt = this.#started;
    pause?.addEventListener('change', this.#onPause);
  }

  /** Ends the listening to `pause`. */
  close() {
    this.#pause?.removeEventListener('change', this.#onPause);
  }

  /**
   * @param {{ run: number, variant: string, cell: string, seed: number }} run
   * @param {import('../options.js').FitProgress} progress
   */
  step(run, progress) {
    this.#steps.set(run.run, progress.step);
    const now = performance.now();
    const last = this.#last.get(run.run);
    const isLate = !last || now - last.at >= INTERVAL || progress.step === progress.steps;
    // Who steps through held runs looks at every step.
    if (!isLate && !this.#pause?.paused) return;
    this.#last.set(run.run, { at: now, progress });
    this.#report(run, progress);
  }

  /** @param {{ run: number, variant: string, cell: string, seed: number }} run whose line is written */
  end(run) {
    this.#done++;
    const last = this.#last.get(run.run);
    if (last) this.#report(run, last.progress);
  }

  /**
   * @param {{ run: number, variant: string, cell: string, seed: number }} run
   * @param {import('../options.js').FitProgress} progress
   */
  #report({ run, variant, cell, seed }, progress) {
    const done = this.#done;
    this.#onProgress?.({
      ...progress,
      variant,
      cell,
      seed,
      run,
      runs: this.#runs,
      done,
      etaMs: this.#timeLeft(),
    });
  }

  /** Milliseconds, at the pace so far; evaluations and loading are in that pace. */
  #timeLeft() {
    let steps = 0;
    for (const count of this.#steps.values()) steps += count;
    const elapsed = performance.now() - this.#started - this.#pausedFor;
    return steps === 0 ? Infinity : (elapsed * Math.max(0, this.#totalSteps - steps)) / steps;
  }
}
