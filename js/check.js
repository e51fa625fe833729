/**
 * Small checkers for what a user passes in. Each returns the checked value, or throws at once: a
 * `TypeError` for a wrong type or an unknown key, a `RangeError` for a value out of range. Every
 * message names the option, what was expected and the value given. `undefined` means "not given"
 * and is the caller's business (a destructuring default, as a rule); `null` is a wrong type.
 */

/**
 * A value as a person would type it, so that 0.5 and '0.5', 0 and -0, null and 'null' differ.
 * @param {unknown} value
 * @returns {string}
 */
export function show(value) {
  if (typeof value === 'string') return JSON.stringify(shorten(value));
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${shorten(value.slice(0, 8).map(showFlat).join(', '))}]`;
  // Of the prototype: an object from a file may have any `constructor` of its own.
  const named = Object.getPrototypeOf(value)?.constructor?.name;
  const name = typeof named === 'string' ? named : 'Object';
  if (ArrayBuffer.isView(value) && 'length' in value) return `${name}(${value.length})`;
  return name === 'Object'
    ? `{${shorten(Object.keys(value).slice(0, 8).join(', '))}}`
    : `an instance of ${name}`;
}

/** @param {unknown} value an entry of an array: not entered, since arrays may hold themselves */
function showFlat(value) {
  return Array.isArray(value) ? `Array(${value.length})` : show(value);
}

/** @param {string} text */
function shorten(text) {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/**
 * @param {string} name the option, with its path, such as `layers[2].p`
 * @param {string} expected
 * @param {unknown} value
 */
export function typeError(name, expected, value) {
  return new TypeError(`${name} must be ${expected}, got ${show(value)}`);
}

/**
 * @param {string} name
 * @param {string} expected
 * @param {unknown} value
 */
export function rangeError(name, expected, value) {
  return new RangeError(`${name} must be ${expected}, got ${show(value)}`);
}

/**
 * An options object with no key that nobody reads: a misspelt option must not pass in silence.
 * @template {object} T
 * @param {T} object
 * @param {readonly string[]} keys
 * @param {string} name what the object is called, such as `options`
 * @returns {T}
 */
export function checkKeys(object, keys, name) {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    throw typeError(name, 'an object', object);
  }
  for (const key of Object.keys(object)) {
    if (!keys.includes(key)) {
      throw new TypeError(`${name} has an unknown key ${show(key)}; known are ${keys.join(', ')}`);
    }
  }
  return object;
}

/** @typedef {{ min?: number, max?: number, above?: number, below?: number }} Range bounds; `above` and `below` are exclusive */

/** @param {Range} range */
function showRange({ min, max, above, below }) {
  const bounds = [];
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) bounds.push(`>= ${min}`);
  if (above !== undefined) bounds.push(`> ${above}`);
  if (max !== undefined) bounds.push(`<= ${max}`);
  if (below !== undefined) bounds.push(`< ${below}`);
  return bounds.length === 0 ? '' : ` ${bounds.join(' and ')}`;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {string} kind 'a finite number', 'an integer'
 * @param {(value: number) => boolean} isKind
 * @param {Range} range
 * @returns {number}
 */
function checkInRange(value, name, kind, isKind, range) {
  const expected = kind + showRange(range);
  if (typeof value !== 'number') throw typeError(name, expected, value);
  const inRange =
    isKind(value) &&
    value >= (range.min ?? -Infinity) &&
    value <= (range.max ?? Infinity) &&
    value > (range.above ?? -Infinity) &&
    value < (range.below ?? Infinity);
  if (!inRange) throw rangeError(name, expected, value);
  return value + 0; // -0 becomes 0, as JSON would make it
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {Range} [range]
 */
export function checkNumber(value, name, range = {}) {
  return checkInRange(value, name, 'a finite number', Number.isFinite, range);
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {Range} [range]
 */
export function checkInteger(value, name, range = {}) {
  return checkInRange(value, name, 'an integer', Number.isInteger, range);
}

/**
 * @param {unknown} value
 * @param {string} name
 */
export function checkProbability(value, name) {
  return checkNumber(value, name, { min: 0, max: 1 });
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {boolean}
 */
export function checkBoolean(value, name) {
  if (typeof value !== 'boolean') throw typeError(name, 'true or false', value);
  return value;
}

/**
 * @template {string} T
 * @param {unknown} value
 * @param {readonly T[]} choices
 * @param {string} name
 * @returns {T}
 */
export function checkOneOf(value, choices, name) {
  const expected = choices.map((choice) => `'${choice}'`).join(' or ');
  if (typeof value !== 'string') throw typeError(name, expected, value);
  if (!choices.includes(/** @type {T} */ (value))) throw rangeError(name, expected, value);
  return /** @type {T} */ (value);
}

/**
 * @template {(...args: any[]) => any} T
 * @param {T | undefined} value
 * @param {string} name
 * @returns {T | undefined}
 */
export function checkCallback(value, name) {
  if (value !== undefined && typeof value !== 'function') {
    throw typeError(name, 'a function', value);
  }
  return value;
}

/**
 * Known by its shape: a signal of another window or realm is no `instanceof AbortSignal` here.
 * @param {AbortSignal | undefined} value
 * @param {string} name
 * @returns {AbortSignal | undefined}
 */
export function checkSignal(value, name) {
  if (value === undefined) return undefined;
  if (typeof value?.aborted !== 'boolean' || typeof value.addEventListener !== 'function') {
    throw typeError(name, 'an AbortSignal', value);
  }
  return value;
}

/**
 * @param {import('./pause.js').PauseController | undefined} value
 * @param {string} name
 * @returns {import('./pause.js').PauseController | undefined}
 */
export function checkPause(value, name) {
  if (value === undefined) return undefined;
  if (typeof value?.paused !== 'boolean' || typeof value.addEventListener !== 'function') {
    throw typeError(name, 'a PauseController', value);
  }
  return value;
}

/**
 * @param {unknown} value
 * @returns {string} 'Uint8Array', 'Float32Array' ... also for an array of another realm, which is no
 *   `instanceof` the one here
 */
export function arrayKind(value) {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/**
 * @template {object} T
 * @param {T} object
 * @returns {Partial<T>} without the keys that hold undefined: to be spread over defaults
 */
export function withoutUndefined(object) {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return /** @type {Partial<T>} */ (Object.fromEntries(entries));
}
