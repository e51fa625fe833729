/**
 * Every error that the library itself raises after a call has been accepted. What is wrong in the
 * call (types, ranges, unknown keys) is a `TypeError` or `RangeError`; an abort rejects with the
 * signal's own reason. Here, too, is how any error crosses a thread with its name and stack.
 */

/** @typedef {{ cause?: unknown, address?: string }} ErrorOptions */

/**
 * What an error says, and what the one behind it says: `fetch failed` alone is no reason.
 * @param {unknown} error whatever was thrown
 * @returns {string}
 */
export function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  const { message, code } = /** @type {any} */ (error.cause ?? {});
  return [error.message, message || code].filter(Boolean).join(': ');
}

/** What went wrong, with a `code` that programs can branch on. */
export class DropoutWasmError extends Error {
  /**
   * @param {string} code short, stable, in capitals
   * @param {string} message one sentence for a person
   * @param {ErrorOptions} [options] `cause`; `address`: of the file or URL in question
   */
  constructor(code, message, { cause, address } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    if (address !== undefined) {
      /** Where the file came from, when a file is what the error is about. @type {string | undefined} */
      this.address = address;
    }
  }
}

/** A file is not what it should be, or cannot be read. */
export class FileError extends DropoutWasmError {
  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super('BAD_FILE', message, options);
  }
}

/** The core's memory could not be reserved. */
export class OutOfMemoryError extends DropoutWasmError {
  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super('NO_MEMORY', message, options);
  }
}

/** The training loss of a step is not finite; the weights are those before that step. */
export class DivergedError extends DropoutWasmError {
  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super('DIVERGED', message, options);
  }
}

/** The worker of a model ended, or could not be started, while the model was in use. */
export class WorkerLostError extends DropoutWasmError {
  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super('WORKER_LOST', message, options);
  }
}

/** The model was disposed of before the call. */
export class DisposedError extends DropoutWasmError {
  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super('DISPOSED', message, options);
  }
}

/** The WebAssembly core cannot be loaded, probed or started here. */
export class EngineError extends DropoutWasmError {
  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super('ENGINE', message, options);
  }
}

const KINDS = {
  FileError,
  OutOfMemoryError,
  DivergedError,
  WorkerLostError,
  DisposedError,
  EngineError,
};

// Names stand on the prototypes, as the language's own errors have them: stacks begin with them, and
// a minifier that renames classes does not change them.
for (const [name, kind] of Object.entries({ DropoutWasmError, ...KINDS })) {
  setProperty(kind.prototype, 'name', name);
  setProperty(kind, 'name', name); // which Node's console and test runners show
}

/**
 * Classes that keep their identity across a thread, by the name that their errors bear.
 * @type {ReadonlyMap<string, new (message: string, options?: any) => Error>}
 */
const CLASSES = new Map(Object.entries({ ...KINDS, TypeError, RangeError }));

/**
 * As the language defines an error's own properties: not to be enumerated.
 * @param {Error | Function} error or a prototype, or a class
 * @param {'name' | 'stack'} key
 * @param {string} value
 */
function setProperty(error, key, value) {
  Object.defineProperty(error, key, { value, configurable: true, writable: true });
}

/** Causes may form a circle; nobody reads more than a few. */
const MAX_CAUSES = 8;

/**
 * An error as plain data. A worker's `postMessage` would keep neither the class nor `code`.
 * @typedef {object} WireError
 * @property {string} name
 * @property {string} message
 * @property {string} [stack]
 * @property {string} [code] a `DropoutWasmError`'s
 * @property {string} [address]
 * @property {boolean} [domException] made by the platform, as an `AbortError` is
 * @property {WireError} [cause] errors only; other causes are left behind
 */

/**
 * @param {unknown} error whatever was thrown
 * @param {number} [causes] how many links of the chain of causes go along
 * @returns {WireError} a plain object that structured clone accepts
 */
export function errorToWire(error, causes = MAX_CAUSES) {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  /** @type {WireError} */
  const wire = { name: error.name, message: error.message };
  if (error.stack !== undefined) wire.stack = error.stack;
  if (error instanceof DropoutWasmError) {
    wire.code = error.code;
    if (error.address !== undefined) wire.address = error.address;
  }
  if (isDomException(error)) wire.domException = true;
  if (error.cause instanceof Error && causes > 0) {
    wire.cause = errorToWire(error.cause, causes - 1);
  }
  return wire;
}

/**
 * @param {WireError} wire what `errorToWire` gave on the other side
 * @returns {Error} of the same class where it is one of ours, a `TypeError`, a `RangeError` or a
 *   `DOMException`; else an `Error` with the same name
 */
export function errorFromWire(wire) {
  const options = {
    ...(wire.cause && { cause: errorFromWire(wire.cause) }),
    ...(wire.address !== undefined && { address: wire.address }),
  };
  const error = create(wire, options);
  // The stack of the thread where it happened; the one made here says nothing.
  if (wire.stack !== undefined) setProperty(error, 'stack', wire.stack);
  return error;
}

/**
 * @param {WireError} wire
 * @param {ErrorOptions} options
 * @returns {Error}
 */
function create(wire, options) {
  if (wire.domException) return new DOMException(wire.message, wire.name);
  const Class = CLASSES.get(wire.name);
  if (Class) return new Class(wire.message, options);
  const error =
    wire.code === undefined
      ? new Error(wire.message, options)
      : new DropoutWasmError(wire.code, wire.message, options);
  if (error.name !== wire.name) setProperty(error, 'name', wire.name);
  return error;
}

/** @param {unknown} error @returns {boolean} */
function isDomException(error) {
  return typeof DOMException !== 'undefined' && error instanceof DOMException;
}
