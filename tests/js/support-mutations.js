/** Mutations of files, as fast-check draws, prints and shrinks them. */

import fc from 'fast-check';

/** A new one each time; MUTATION_SEED=n repeats a run that failed. */
export const SEED = Number(process.env.MUTATION_SEED ?? Date.now() % 2 ** 31);

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const byte = fc.oneof(fc.constantFrom(0, 1, 0x22, 0x5b, 0x7b, 0x7f, 0x80, 0xff), fc.nat(255));

/** Where a share of the file lies; half of them in its head, where it says what it holds. */
const place = fc.tuple(fc.boolean(), share);
const at = ([isHead, part], length, head) =>
  Math.floor(part * (isHead ? Math.min(head, length) : length));

/** One edit of bytes: `kind`, and what it takes. */
const edit = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('set'), place, byte }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('flip'), place, bit: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut'), place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove'), place, count: fc.nat(40) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('insert'),
      place,
      bytes: fc.array(byte, { maxLength: 40 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('copy'), place, to: place, count: fc.nat(400) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('number'),
      place,
      value: fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 63n, 2n ** 64n - 1n),
    }),
  },
);

/** Up to four edits, one after the other. */
export const edits = fc.array(edit, { minLength: 1, maxLength: 4 });

/**
 * @param {Uint8Array} file
 * @param {any[]} list of edits
 * @param {number} head bytes in which half of the edits lie
 * @returns {Uint8Array} a new file
 */
export function edited(file, list, head) {
  let bytes = Buffer.from(file);
  for (const { kind, ...how } of list) {
    const start = at(how.place, bytes.length, head);
    if (kind === 'set' && start < bytes.length) bytes[start] = how.byte;
    if (kind === 'flip' && start < bytes.length) bytes[start] ^= 1 << how.bit;
    if (kind === 'cut') bytes = bytes.subarray(0, start);
    if (kind === 'remove')
      bytes = Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + how.count)]);
    if (kind === 'insert')
      bytes = Buffer.concat([
        bytes.subarray(0, start),
        Buffer.from(how.bytes),
        bytes.subarray(start),
      ]);
    if (kind === 'copy' && start < bytes.length)
      bytes.copy(bytes, at(how.to, bytes.length, head), start, start + how.count);
    if (kind === 'number' && start + 8 <= bytes.length) bytes.writeBigUInt64LE(how.value, start);
  }
  return new Uint8Array(bytes);
}

/** Values that JSON can have in place of others. */
const hostile = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    '',
    [],
    {},
    0,
    -1,
    0.5,
    1e-320,
    1e308,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    '1e400',
    'NaN',
    'Infinity',
  ),
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.array(fc.nat(100), { maxLength: 5 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** One edit of JSON, at the n-th of its values. */
const jsonEdit = fc.record({
  n: fc.nat(100_000),
  kind: fc.constantFrom('set', 'set', 'nudge', 'delete', 'rename', 'twice', 'swap'),
  value: hostile,
  step: fc.constantFrom(-8, -4, -1, 1, 4, 8),
});
export const jsonEdits = fc.array(jsonEdit, { minLength: 1, maxLength: 3 });

/** Every place in a value: the object it is in, and its key there. */
function placesIn(value) {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => [{ holder: value, key }, ...placesIn(value[key])]);
}

/**
 * @param {any} json changed, and given back
 * @param {any[]} list of edits
 * @returns {string} JSON, perhaps with a key twice
 */
export function editedJson(json, list) {
  let text = (value) => JSON.stringify(value);
  for (const { n, kind, value, step } of list) {
    const places = placesIn(json);
    if (places.length === 0) break;
    const { holder, key } = places[n % places.length];
    const other = places[(n * 7 + 1) % places.length];
    if (kind === 'set') holder[key] = value;
    if (kind === 'nudge' && typeof holder[key] === 'number') holder[key] += step;
    if (kind === 'delete')
      Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key];
    if (kind === 'rename' && !Array.isArray(holder)) holder[`${key}_`] = holder[key];
    if (kind === 'swap')
      [holder[key], other.holder[other.key]] = [
        structuredClone(other.holder[other.key]),
        structuredClone(holder[key]),
      ];
    if (kind === 'twice' && !Array.isArray(holder)) {
      const name = JSON.stringify(key);
      text = (all) => JSON.stringify(all).replace(`${name}:`, `${name}:0,${name}:`);
    }
  }
  return text(json);
}
