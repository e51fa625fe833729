/**
 * Pausing a training without ending it. `fit` and `compare` take a controller as `pause`; one
 * controller may serve many runs. A paused run holds after the step it is in.
 *
 *     const pause = new PauseController();
 *     const done = model.fit(train, { epochs: 10, pause });
 *     pause.pause(); // ... pause.step(); ... pause.resume();
 *
 * Fires `change` when `paused` changes, `step` for every `step()`, and `held` when a run begins that
 * holds before its first step; `step()` of that event is of this run alone.
 */
export class PauseController extends EventTarget {
  #paused = false;

  /** Whether runs hold now. */
  get paused() {
    return this.#paused;
  }

  /** Idempotent. */
  pause() {
    this.#set(true);
  }

  /** Idempotent. */
  resume() {
    this.#set(false);
  }

  /**
   * One more step of every run that holds, with the measures that follow the last one of an epoch. No
   * effect on runs that are not paused, or begin later.
   */
  step() {
    if (this.#paused) this.dispatchEvent(new Event('step'));
  }

  /** @param {boolean} paused */
  #set(paused) {
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.dispatchEvent(new Event('change'));
  }
}
