/**
 * Pausing a training without ending it. `fit` and `compare` take a controller as `pause`; one
 * controller may serve many runs. A paused run holds after the step it is in.
 *
 *     const pause = new PauseController();
 *     const done = model.fit(train, { epochs: 10, pause });
 *     pause.pause(); // ... pause.resume();
 */
export class PauseController extends EventTarget {
  #paused = false;

  /** Whether runs hold now. A `change` event follows every change. */
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

  /** @param {boolean} paused */
  #set(paused) {
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.dispatchEvent(new Event('change'));
  }
}
