/** Where the reader draws: with mouse, finger or pen, or with the arrow keys. */

import { imageOf, smallCanvas, drawDigit } from '../inside/images.js';

/** Pixels of the drawing: ten for each of an MNIST image's. */
const SIZE = 280;
/** Room for the drawing at every angle: its diagonal. */
const TURNED = Math.ceil(SIZE * Math.SQRT2);
/** About two of the twenty pixels that a digit fills, as in MNIST. */
const PEN = 22;
const KEY_STEP = 10;
const UNDO_STEPS = 20;

const MOVES = new Map([
  ['ArrowLeft', [-1, 0]],
  ['ArrowRight', [1, 0]],
  ['ArrowUp', [0, -1]],
  ['ArrowDown', [0, 1]],
]);

/** Fires 'change' while something is drawn, 'settle' when a stroke has ended. */
export class Pad extends EventTarget {
  /** Degrees, clockwise. */
  angle = 0;
  #canvas;
  #say;
  #ink = newContext(SIZE);
  #turned = newContext(TURNED);
  /** Earlier drawings. @type {ImageData[]} */
  #before = [];
  #pen = { x: SIZE / 2, y: SIZE / 2, down: false };
  #pointer = /** @type {{ id: number, x: number, y: number } | undefined} */ (undefined);

  /** @param {HTMLCanvasElement} canvas @param {(words: string) => void} say */
  constructor(canvas, say) {
    super();
    this.#canvas = canvas;
    this.#say = say;
    canvas.width = canvas.height = SIZE;
    canvas.addEventListener('pointerdown', (event) => this.#press(event));
    canvas.addEventListener('pointermove', (event) => this.#drag(event));
    for (const end of ['pointerup', 'pointercancel']) {
      canvas.addEventListener(end, () => this.#release());
    }
    canvas.addEventListener('keydown', (event) => this.#key(event));
    for (const event of ['focus', 'blur']) canvas.addEventListener(event, () => this.#show());
  }

  /** Ink at an angle in degrees, 0 to 255, row-major. @param {number} angle */
  inkAt(angle) {
    const context = this.#turned;
    context.clearRect(0, 0, TURNED, TURNED);
    drawTurned(context, this.#ink.canvas, angle, TURNED);
    const { data } = context.getImageData(0, 0, TURNED, TURNED);
    const ink = new Uint8Array(TURNED * TURNED);
    for (let i = 0; i < ink.length; i++) ink[i] = data[4 * i + 3];
    return { ink, width: TURNED };
  }

  /** @param {number} angle degrees; the drawing itself stays, until more is drawn */
  turn(angle) {
    this.angle = angle;
    this.#show();
    this.dispatchEvent(new Event('change'));
  }

  /** @param {import('../../js/index.js').Dataset} data @param {number} index */
  put(data, index) {
    this.#begin();
    const small = smallCanvas();
    drawDigit(small, imageOf(data, index));
    this.#ink.clearRect(0, 0, SIZE, SIZE);
    this.#ink.imageSmoothingEnabled = false;
    this.#ink.drawImage(small, 0, 0, SIZE, SIZE);
    this.#settle();
  }

  clear() {
    this.#begin();
    this.#ink.clearRect(0, 0, SIZE, SIZE);
    this.#settle();
  }

  undo() {
    const before = this.#before.pop();
    if (before === undefined) return;
    this.#ink.putImageData(before, 0, 0);
    this.angle = 0;
    this.#settle();
  }

  /** What is seen turned becomes the drawing, and the way back is kept. */
  #begin() {
    this.#before.push(this.#ink.getImageData(0, 0, SIZE, SIZE));
    if (this.#before.length > UNDO_STEPS) this.#before.shift();
    if (this.angle === 0) return;
    const turned = newContext(SIZE);
    drawTurned(turned, this.#ink.canvas, this.angle, SIZE);
    this.#ink.clearRect(0, 0, SIZE, SIZE);
    this.#ink.drawImage(turned.canvas, 0, 0);
    this.angle = 0;
  }

  #settle() {
    this.#show();
    this.dispatchEvent(new Event('change'));
    this.dispatchEvent(new Event('settle'));
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (this.#pointer || event.button !== 0) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#begin();
    this.#pointer = { id: event.pointerId, ...this.#placeOf(event) };
    this.#line(this.#pointer, this.#pointer, widthOf(event));
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (this.#pointer?.id !== event.pointerId) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length > 0 ? events : [event]) {
      const place = this.#placeOf(one);
      this.#line(this.#pointer, place, widthOf(one));
      Object.assign(this.#pointer, place);
    }
  }

  #release() {
    if (!this.#pointer) return;
    this.#pointer = undefined;
    this.#settle();
  }

  /** @param {PointerEvent} event */
  #placeOf({ clientX, clientY }) {
    const { left, top, width } = this.#canvas.getBoundingClientRect();
    const scale = SIZE / width;
    return { x: (clientX - left) * scale, y: (clientY - top) * scale };
  }

  /** @typedef {{ x: number, y: number }} Place */

  /** @param {Place} from @param {Place} to @param {number} width */
  #line(from, to, width) {
    const context = this.#ink;
    context.lineCap = 'round';
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    // A line without a length draws no cap.
    context.beginPath();
    context.arc(to.x, to.y, width / 2, 0, 2 * Math.PI);
    context.fill();
    this.#show();
    this.dispatchEvent(new Event('change'));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const move = MOVES.get(event.key);
    if (move) this.#move(move);
    else if (event.key === ' ') this.#lift(!this.#pen.down);
    else if (event.key === 'Escape') this.#lift(false);
    else if (event.key === 'Delete' || event.key === 'Backspace') this.clear();
    else return;
    event.preventDefault();
  }

  /** @param {number[]} move */
  #move([across, down]) {
    const { x, y } = this.#pen;
    const within = (/** @type {number} */ at) => Math.min(SIZE - PEN / 2, Math.max(PEN / 2, at));
    this.#pen.x = within(x + across * KEY_STEP);
    this.#pen.y = within(y + down * KEY_STEP);
    if (this.#pen.down) this.#line({ x, y }, this.#pen, PEN);
    else this.#show();
    const [column, row] = [this.#pen.x, this.#pen.y].map((at) => Math.round(at / KEY_STEP));
    this.#say(`Pen ${this.#pen.down ? 'down' : 'up'}, column ${column}, row ${row} of 28`);
  }

  /** @param {boolean} down */
  #lift(down) {
    if (down === this.#pen.down) return;
    this.#pen.down = down;
    this.#say(down ? 'Pen down' : 'Pen up');
    if (down) {
      this.#begin();
      this.#line(this.#pen, this.#pen, PEN);
    } else this.#settle();
  }

  #show() {
    const context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext('2d'));
    context.clearRect(0, 0, SIZE, SIZE);
    drawTurned(context, this.#ink.canvas, this.angle, SIZE);
    if (!this.#canvas.matches(':focus-visible')) return;
    context.lineWidth = this.#pen.down ? 4 : 2;
    context.strokeStyle = '#777'; // halfway, and the same when the night inverts it
    context.beginPath();
    context.arc(this.#pen.x, this.#pen.y, PEN / 2, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** @param {number} size */
function newContext(size) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  return /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext('2d', { willReadFrequently: true })
  );
}

/**
 * About the middle of both.
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} ink
 * @param {number} angle degrees
 * @param {number} size of the target
 */
function drawTurned(context, ink, angle, size) {
  context.save();
  context.translate(Math.floor(size / 2), Math.floor(size / 2));
  context.rotate((angle * Math.PI) / 180);
  context.drawImage(ink, -SIZE / 2, -SIZE / 2);
  context.restore();
}

/** A pen that is pressed draws broader; mouse and finger have one width. @param {PointerEvent} event */
function widthOf({ pointerType, pressure }) {
  return pointerType === 'pen' ? PEN * (0.6 + 0.8 * pressure) : PEN;
}
