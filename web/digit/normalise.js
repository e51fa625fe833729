/**
 * A drawing made like MNIST's images (LeCun, Bottou, Bengio, Haffner 1998, section III.A): scaled
 * into a box of 20 x 20 with its aspect ratio kept, grey where a pixel is covered in part, and moved
 * by whole pixels until its centre of mass is the centre of a field of 28 x 28.
 */

import { SIDE } from '../inside/images.js';

const BOX = 20;
/** Where MNIST has the centre of mass, counted in pixels from the middle of the first. */
const CENTRE = 14;

/**
 * @param {ArrayLike<number>} ink width x height, row-major: 0 paper to 255 ink
 * @param {number} width
 * @returns {Uint8Array | undefined} 784 bytes; undefined where nothing is drawn
 */
export function normalise(ink, width) {
  const frame = frameOf(ink, width);
  if (frame === undefined) return undefined;
  const scale = BOX / Math.max(frame.width, frame.height);
  const columns = sizeOf(frame.width, scale);
  const rows = sizeOf(frame.height, scale);
  const small = shrink(ink, width, frame, columns, rows);
  return centred(small, columns, rows);
}

/** @param {number} length @param {number} scale @returns {number} at least one pixel */
const sizeOf = (length, scale) => Math.max(1, Math.round(length * scale));

/** @typedef {{ left: number, top: number, width: number, height: number }} Frame */

/** The smallest frame around all ink. @param {ArrayLike<number>} ink @param {number} width @returns {Frame | undefined} */
function frameOf(ink, width) {
  let [left, right, top, bottom] = [Infinity, -1, Infinity, -1];
  for (let i = 0; i < ink.length; i++) {
    if (ink[i] === 0) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = y;
  }
  if (right < 0) return undefined;
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/**
 * Every pixel is the mean over the part of the frame that it covers.
 * @param {ArrayLike<number>} ink
 * @param {number} width
 * @param {Frame} frame
 * @param {number} columns
 * @param {number} rows
 * @returns {Float32Array} rows x columns
 */
function shrink(ink, width, frame, columns, rows) {
  const across = coverage(frame.left, frame.width, columns);
  const down = coverage(frame.top, frame.height, rows);
  const small = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (const [y, high] of down[row]) {
        for (const [x, wide] of across[column]) sum += high * wide * ink[y * width + x];
      }
      small[row * columns + column] = sum;
    }
  }
  return small;
}

/**
 * @param {number} start
 * @param {number} length
 * @param {number} parts
 * @returns {[place: number, share: number][][]} a part: which places it covers, and the share of each in it
 */
function coverage(start, length, parts) {
  const size = length / parts;
  return Array.from({ length: parts }, (_, part) => {
    const [low, high] = [part * size, (part + 1) * size];
    const shares = /** @type {[number, number][]} */ ([]);
    for (let place = Math.floor(low); place < Math.min(length, Math.ceil(high)); place++) {
      const share = (Math.min(high, place + 1) - Math.max(low, place)) / size;
      if (share > 0) shares.push([start + place, share]);
    }
    return shares;
  });
}

/** @param {Float32Array} small @param {number} columns @param {number} rows */
function centred(small, columns, rows) {
  let [mass, across, down] = [0, 0, 0];
  small.forEach((value, i) => {
    mass += value;
    across += value * (i % columns);
    down += value * Math.floor(i / columns);
  });
  const left = offsetOf(across / mass, columns);
  const top = offsetOf(down / mass, rows);
  const image = new Uint8Array(SIDE * SIDE);
  small.forEach((value, i) => {
    const [x, y] = [left + (i % columns), top + Math.floor(i / columns)];
    image[SIDE * y + x] = Math.round(value);
  });
  return image;
}

/** No ink leaves the field, wherever its centre of mass lies. @param {number} centre @param {number} size */
function offsetOf(centre, size) {
  return Math.min(SIDE - size, Math.max(0, Math.round(CENTRE - centre)));
}
