/**
 * A model's calls to its engine, in a worker or on the caller's own thread. Every promise settles,
 * also when the worker dies or the model is disposed of.
 */

import { throwIfAborted } from './abort.js';
import { DisposedError } from './errors.js';
import { ABORTED } from './protocol.js';

/** @typedef {import('./protocol.js').ControlAction} ControlAction */
/** @typedef {{ signal?: AbortSignal, pause?: import('./pause.js').PauseController, onTold?: (told: any) => void }} Controls */

/** @typedef {Omit<import('./protocol.js').CallMessage, 'kind'>} Call */

/**
 * @typedef {object} Line
 * @property {(call: Call, transfer: ArrayBuffer[], onProgress: (value: any) => void) => Promise<any>} send
 * @property {(id: number, action: ControlAction) => void} control
 * @property {() => void} close
 */

export class Connection {
  #line;
  #nextId = 1;
  /** Rejects what is pending. @type {Map<number, (error: Error) => void>} */
  #pending = new Map();
  /** Why no call can succeed any more. @type {Error | undefined} */
  #end;

  /**
   * @param {boolean} isOwn whether the engine is on the caller's own thread: what it is given is
   *   lent, not copied
   * @param {(onLost: (error: Error) => void) => Line} open
   */
  constructor(isOwn, open) {
    this.isOwn = isOwn;
    this.#line = open((error) => this.#finish(error));
  }

  /** @param {Error} error */
  #finish(error) {
    if (this.#end) return;
    this.#end = error;
    for (const reject of [...this.#pending.values()]) reject(error);
    this.#line.close();
  }

  /** Idempotent. Whatever is pending rejects, and so does every later call. */
  dispose() {
    this.#finish(new DisposedError('the model was disposed of'));
  }

  get isOpen() {
    return this.#end === undefined;
  }

  /** @throws {Error} once nothing can be called any more */
  check() {
    if (this.#end) throw this.#end;
  }

  /**
   * @param {string} method of `Engine`
   * @param {any} [args]
   * @param {{ transfer?: ArrayBuffer[] } & Controls} [options]
   * @returns {Promise<any>}
   */
  async call(method, args, { transfer = [], signal, pause, onTold } = {}) {
    this.check();
    throwIfAborted(signal);
    const id = this.#nextId++;
    /** What a callback of the caller's threw: it ends the call, and is what the call rejects with. @type {{ error: unknown } | undefined} */
    let thrown;
    const abort = () => this.#line.control(id, 'abort');
    const change = () => this.#line.control(id, pause?.paused ? 'pause' : 'resume');
    const step = () => this.#line.control(id, 'step');
    const progress = (/** @type {any} */ value) => {
      if (thrown || signal?.aborted) return;
      try {
        onTold?.(value);
      } catch (error) {
        thrown = { error };
        abort();
      }
    };
    signal?.addEventListener('abort', abort);
    pause?.addEventListener('change', change);
    pause?.addEventListener('step', step);
    try {
      const lost = new Promise((_, reject) => this.#pending.set(id, reject));
      const paused = pause?.paused ?? false;
      const sent = this.#line.send({ id, method, args, paused }, transfer, progress);
      if (paused) pause?.dispatchEvent(Object.assign(new Event('held'), { step }));
      const value = await Promise.race([lost, sent]);
      if (thrown) throw thrown.error;
      return value;
    } catch (error) {
      const wasAborted = /** @type {any} */ (error)?.code === ABORTED;
      if (wasAborted && thrown) throw thrown.error;
      if (wasAborted && signal?.aborted) throw signal.reason;
      throw error;
    } finally {
      this.#pending.delete(id);
      signal?.removeEventListener('abort', abort);
      pause?.removeEventListener('change', change);
      pause?.removeEventListener('step', step);
    }
  }
}
