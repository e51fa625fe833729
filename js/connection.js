/**
 * A model's line to its engine, in a worker or on the caller's own thread. Every promise settles,
 * also when the worker dies or the model is disposed of.
 */

import { DisposedError, WorkerLostError, errorFromWire } from './errors.js';
import { ABORTED, START_MS } from './protocol.js';
import { leaveThread, startThread } from './thread.js';

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
    if (signal?.aborted) throw signal.reason;
    const id = this.#nextId++;
    /** What a callback of the caller's threw: it ends the call, and is what the call rejects with. @type {{ error: unknown } | undefined} */
    let thrown;
    const abort = () => this.#line.control(id, 'abort');
    const change = () => this.#line.control(id, pause?.paused ? 'pause' : 'resume');
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
    try {
      const lost = new Promise((_, reject) => this.#pending.set(id, reject));
      const paused = pause?.paused ?? false;
      const sent = this.#line.send({ id, method, args, paused }, transfer, progress);
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
    }
  }
}

/**
 * @param {Promise<WebAssembly.Module>} loading the core: the thread starts meanwhile
 * @param {{ worker: boolean, workerUrl?: string }} where
 * @returns {Promise<Connection>} to an engine in a worker of its own, or on the caller's thread
 */
export async function connectTo(loading, { worker, workerUrl }) {
  loading.catch(() => {}); // awaited below, unless the thread cannot be started
  const thread = await startThread(worker, workerUrl);
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void, onProgress: (value: any) => void }>} */
  const calls = new Map();
  const settled = (/** @type {number} */ id) => {
    const call = calls.get(id);
    calls.delete(id);
    if (calls.size === 0) thread.unref();
    return call;
  };
  const lost = (/** @type {string} */ reason, /** @type {unknown} */ cause) =>
    new WorkerLostError(`the model's worker ${thread.address} was lost: ${reason}`, { cause });

  /** @type {(value?: any) => void} */
  let ready = () => {};
  /** @type {(error: Error) => void} */
  let failed = () => {};
  const started = new Promise((resolve, reject) => {
    ready = resolve;
    failed = reject;
  });
  let failLate = () => {};
  /** Whether another model may have the thread after this one. */
  let isSound = false;
  const connection = new Connection(thread.isOwn, (onLost) => {
    const end = (/** @type {Error} */ error) => {
      isSound = false;
      failed(error);
      onLost(error);
    };
    failLate = () => end(lost("it does not answer; is it this package's worker.js?", undefined));
    thread.listen({
      message(/** @type {import('./protocol.js').Response} */ response) {
        if (response?.kind === 'ready') ready();
        else if (response?.kind === 'failed') end(errorFromWire(response.error));
        else if (response?.kind === 'progress') calls.get(response.id)?.onProgress(response.value);
        else if (response?.kind === 'result') settled(response.id)?.resolve(response.value);
        else if (response?.kind === 'error') {
          isSound = false;
          settled(response.id)?.reject(errorFromWire(response.error));
        } else end(lost('it sent a message that is none of ours', response));
      },
      lost: (reason, cause) => end(lost(reason, cause)),
    });
    return {
      send: (call, transfer, onProgress) =>
        new Promise((resolve, reject) => {
          calls.set(call.id, { resolve, reject, onProgress });
          thread.ref();
          thread.post({ kind: 'call', ...call }, transfer);
        }),
      control: (id, action) => thread.post({ kind: 'control', id, action }),
      close: () => (isSound && calls.size === 0 ? leaveThread(thread) : thread.terminate()),
    };
  });
  thread.ref();
  let late;
  try {
    // `started` wins where the worker is lost before the core is there.
    const module = await Promise.race([loading, started]);
    if (thread.module === module) ready();
    else thread.post({ kind: 'start', module });
    late = setTimeout(() => failLate(), START_MS);
    await started;
    thread.module = module;
    isSound = true;
  } catch (error) {
    connection.dispose();
    throw error;
  } finally {
    clearTimeout(late);
  }
  if (calls.size === 0) thread.unref();
  return connection;
}
