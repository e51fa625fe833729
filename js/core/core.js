/**
 * One instance of the core: the only place where a status becomes an error and an address in its
 * memory becomes an array. Views are made anew for each use, since memory that grows detaches them.
 */

import { DivergedError, EngineError, OutOfMemoryError } from '../errors.js';
import { TOLERANCE, selfTests } from './self-test.js';

/** Statuses, as in `dropout_wasm.h`. */
const OK = 0;
const INVALID_ARGUMENT = 1;
const OUT_OF_MEMORY = 2;
const DIVERGED = 3;

/** @typedef {number} Pointer a handle or an address in the core's memory */
/** @typedef {new (buffer: ArrayBuffer, offset: number, length: number) => any} ArrayType */

/** @type {WeakMap<WebAssembly.Module, Core>} */
const instances = new WeakMap();

export class Core {
  /** The exports of `dropout_wasm.h`. @type {Record<string, (...args: any[]) => any>} */
  call;
  /** @type {WebAssembly.Memory} */
  #memory;
  /** @type {EngineError | undefined} */
  #broken;

  /** @param {WebAssembly.Instance} instance */
  constructor(instance) {
    this.call = guarded(instance.exports, (error) => this.#trapped(error));
    this.#memory = /** @type {WebAssembly.Memory} */ (instance.exports.memory);
  }

  /**
   * The instance that serves all models of this thread.
   * @param {WebAssembly.Module} module
   * @returns {Promise<Core>}
   */
  static async of(module) {
    const known = instances.get(module);
    if (known && !known.isBroken) return known;
    let core;
    try {
      core = new Core(await WebAssembly.instantiate(module, {}));
      core.#selfTest();
    } catch (cause) {
      if (cause instanceof EngineError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new EngineError(`cannot start the WebAssembly core: ${reason}`, { cause });
    }
    instances.set(module, core);
    return core;
  }

  /** A wrong module, or an engine that computes wrongly, shows here and not in a training. */
  #selfTest() {
    for (const { what, found, expected } of selfTests(this)) {
      const good = found.every((value, i) => Math.abs(value - expected[i]) <= TOLERANCE);
      if (good && found.length === expected.length) continue;
      throw new EngineError(
        `the WebAssembly core computes ${what} ${found}, and ${expected} is right`,
      );
    }
  }

  /**
   * A trap leaves the core's memory in an unknown state: nothing is called in it again.
   * @param {Error} cause
   */
  #trapped(cause) {
    this.#broken ??= new EngineError(`the WebAssembly core failed: ${cause.message}`, { cause });
    for (const name of Object.keys(this.call)) {
      this.call[name] = () => {
        throw this.#broken;
      };
    }
    return this.#broken;
  }

  /** Whether a new model may still be made here. */
  get isBroken() {
    return this.#broken !== undefined;
  }

  /** @param {number} status @throws {Error} what the core says of its last failure */
  check(status) {
    if (status !== OK) throw this.#error(status);
  }

  /**
   * @param {Pointer} pointer
   * @returns {Pointer} unsigned
   * @throws {Error} for NULL
   */
  made(pointer) {
    if (pointer === 0) throw this.#error(this.call.dw_last_status());
    return pointer >>> 0;
  }

  /** @param {number} status */
  #error(status) {
    const start = this.call.dw_last_error() >>> 0;
    const bytes = new Uint8Array(this.#memory.buffer, start);
    const message = new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
    if (status === INVALID_ARGUMENT) return new RangeError(message);
    if (status === OUT_OF_MEMORY) return new OutOfMemoryError(message);
    if (status === DIVERGED) return new DivergedError(message);
    return new EngineError(`the core answered with the unknown status ${status}`);
  }

  /**
   * Lent memory: valid until the next call into the core.
   * @template {ArrayType} T
   * @param {T} Type
   * @param {Pointer} address
   * @param {number} length
   * @returns {InstanceType<T>}
   */
  view(Type, address, length) {
    return new Type(this.#memory.buffer, address >>> 0, length);
  }

  /**
   * @template {ArrayType} T
   * @param {T} Type
   * @param {Pointer} address
   * @param {number} length
   * @returns {InstanceType<T>} the caller's own
   */
  copy(Type, address, length) {
    return this.view(Type, address, length).slice();
  }

  /**
   * Memory for the time of one call.
   * @template R
   * @param {number} bytes
   * @param {(address: Pointer) => R} use
   * @returns {R}
   */
  #withScratch(bytes, use) {
    if (bytes > 0xffffffff) throw new OutOfMemoryError(`not enough memory; bytes wanted: ${bytes}`);
    const address = this.made(this.call.dw_allocate(bytes));
    try {
      return use(address);
    } finally {
      this.call.dw_free(address);
    }
  }

  /**
   * What a call writes into an array of so many elements.
   * @template {ArrayType & { BYTES_PER_ELEMENT: number }} T
   * @param {T} Type
   * @param {number} length
   * @param {(address: Pointer) => number} fill returns a status
   * @returns {InstanceType<T>}
   */
  filled(Type, length, fill) {
    return this.#withScratch(length * Type.BYTES_PER_ELEMENT, (address) => {
      this.check(fill(address));
      return this.copy(Type, address, length);
    });
  }

  /**
   * Calls with a copy of an array.
   * @param {Float32Array | Uint8Array} values
   * @param {(address: Pointer) => number} use returns a status
   */
  given(values, use) {
    const Type = values instanceof Uint8Array ? Uint8Array : Float32Array;
    this.#withScratch(values.byteLength, (address) => {
      this.view(Type, address, values.length).set(values);
      this.check(use(address));
    });
  }
}

/**
 * The exports, with every trap turned into a typed error.
 * @param {WebAssembly.Exports} exports
 * @param {(trap: Error) => Error} trapped
 * @returns {Record<string, (...args: any[]) => any>}
 */
function guarded(exports, trapped) {
  /** @type {Record<string, (...args: any[]) => any>} */
  const calls = {};
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value !== 'function') continue;
    calls[name] = (...args) => {
      try {
        return value(...args);
      } catch (error) {
        if (!(error instanceof WebAssembly.RuntimeError)) throw error;
        throw trapped(error);
      }
    };
  }
  return calls;
}
