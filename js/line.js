/** The line to a thread with an engine: how it opens, what may come over it, and when it is lost. */

import { throwIfAborted } from './abort.js';
import { isResult, isTold, isWireError } from './answers.js';
import { Connection } from './connection.js';
import { WorkerLostError, errorFromWire } from './errors.js';
import { SILENT_TICKS, START_MS, TICK_MS } from './protocol.js';
import { leaveThread, startThread } from './thread.js';

/** @typedef {import('./connection.js').Call} Call */
/** @typedef {{ method: string, resolve: (value: any) => void, reject: (error: Error) => void, onProgress: (value: any) => void }} Pending */

class Line {
  #thread;
  #onLost;
  /** @type {Map<number, Pending>} */
  #calls = new Map();
  /** Until the core runs. @type {{ resolve: (value?: any) => void, reject: (error: any) => void } | undefined} */
  #starting;
  /** Whether another model may have the thread after this one. */
  #isSound = false;
  /** Ticks since the thread last said something. */
  #silence = 0;
  /** @type {any} */
  #ticking;

  /** @param {import('./thread.js').Thread} thread @param {(error: Error) => void} onLost */
  constructor(thread, onLost) {
    this.#thread = thread;
    this.#onLost = onLost;
    thread.listen({
      message: (response) => this.#receive(response),
      lost: (reason, cause) => this.#lose(reason, cause),
    });
  }

  /**
   * @param {Promise<WebAssembly.Module>} loading
   * @param {AbortSignal} [signal]
   * @returns {Promise<void>} once the core runs there
   */
  async start(loading, signal) {
    throwIfAborted(signal);
    const thread = this.#thread;
    const started = new Promise((resolve, reject) => (this.#starting = { resolve, reject }));
    const abort = () => this.#starting?.reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    thread.ref();
    let late;
    try {
      // `started` wins where the worker is lost before the core is there.
      const module = await Promise.race([loading, started]);
      if (thread.module !== module) {
        thread.post({ kind: 'start', module });
        const silent = "it does not answer; is it this package's worker.js?";
        late = setTimeout(() => this.#lose(silent), START_MS);
        await started;
      }
      thread.module = module;
      this.#isSound = true;
    } finally {
      this.#starting = undefined;
      clearTimeout(late);
      signal?.removeEventListener('abort', abort);
      thread.unref();
    }
  }

  /** @param {Call} call @param {ArrayBuffer[]} transfer @param {(value: any) => void} onProgress */
  send(call, transfer, onProgress) {
    return new Promise((resolve, reject) => {
      this.#calls.set(call.id, { method: call.method, resolve, reject, onProgress });
      this.#thread.ref();
      try {
        this.#thread.post({ kind: 'call', ...call }, transfer);
      } catch (error) {
        this.#settled(call.id); // no answer will come
        throw error;
      }
      if (this.#thread.isOwn) return;
      this.#silence = 0;
      this.#ticking ??= setInterval(() => this.#tick(), TICK_MS);
    });
  }

  /** @param {number} id @param {import('./protocol.js').ControlAction} action */
  control(id, action) {
    this.#thread.post({ kind: 'control', id, action });
  }

  close() {
    const isFree = this.#isSound && this.#calls.size === 0;
    this.#rest();
    if (isFree) leaveThread(this.#thread);
    else this.#thread.terminate();
  }

  /** Nothing is waited for. */
  #rest() {
    this.#thread.unref();
    clearInterval(this.#ticking);
    this.#ticking = undefined;
  }

  #tick() {
    if (this.#silence++ < SILENT_TICKS) this.#thread.post({ kind: 'ping' });
    else this.#lose(`it has said nothing for ${(SILENT_TICKS * TICK_MS) / 60_000} minutes`);
  }

  /** @param {string} reason @param {unknown} [cause] */
  #lose(reason, cause) {
    const message = `the model's worker ${this.#thread.address} was lost: ${reason}`;
    this.#end(new WorkerLostError(message, { cause }));
  }

  /** @param {Error} error */
  #end(error) {
    this.#isSound = false;
    this.#starting?.reject(error);
    this.#onLost(error);
  }

  /** @param {number} id */
  #settled(id) {
    this.#calls.delete(id);
    if (this.#calls.size === 0) this.#rest();
  }

  /** @param {any} response or whatever else came */
  #receive(response) {
    this.#silence = 0;
    const { kind, id, value, error } = response ?? {};
    const call = this.#calls.get(id);
    if (kind === 'ready' && this.#starting) {
      this.#starting.resolve();
    } else if (kind === 'failed' && isWireError(error)) {
      this.#end(errorFromWire(error));
    } else if (kind === 'progress' && call && isTold(value)) {
      call.onProgress(value);
    } else if (kind === 'result' && call && isResult(call.method, value)) {
      this.#settled(id);
      call.resolve(value);
    } else if (kind === 'error' && call && isWireError(error)) {
      this.#isSound = false;
      this.#settled(id);
      call.reject(errorFromWire(error));
    } else if (kind !== 'pong') {
      this.#lose('it sent a message that is none of ours', response);
    }
  }
}

/**
 * @param {() => Promise<WebAssembly.Module>} load the core: the thread takes longer, and starts first
 * @param {{ worker: boolean, workerUrl?: string, signal?: AbortSignal }} where `signal`: of the start
 * @returns {Promise<Connection>} to an engine in a worker of its own, or on the caller's thread
 */
export async function connectTo(load, { worker, workerUrl, signal }) {
  const starting = startThread(worker, workerUrl);
  const loading = load();
  loading.catch(() => {}); // awaited in `start`, unless the thread cannot be started
  const thread = await starting;
  /** @type {any} */
  let line;
  const connection = new Connection(
    thread.isOwn,
    (/** @type {(error: Error) => void} */ onLost) => (line = new Line(thread, onLost)),
  );
  try {
    await line.start(loading, signal);
    return connection;
  } catch (error) {
    connection.dispose();
    throw error;
  }
}
