/** The page as a reader has it: opened by a link, and everything it complains about written down. */

import { PAGE_WAIT_MS } from './chromium.js';

export class PageDriver {
  /** @param {import('puppeteer-core').Page} page @param {string} address of the page, without fragment */
  constructor(page, address) {
    this.page = page;
    this.address = address;
    /** @type {string[]} errors, whichever way they became known */
    this.complaints = [];
    /** @type {string[]} addresses asked for */
    this.requests = [];
    page.setDefaultTimeout(PAGE_WAIT_MS);
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('request', (request) => this.requests.push(request.url()));
  }

  /**
   * @param {Pick<import('puppeteer-core').BrowserContext, 'newPage'>} context a browser, or one that keeps nothing of another
   * @param {string} address
   * @param {string} [link] the fragment
   */
  static async open(context, address, link = '') {
    const driver = new PageDriver(await context.newPage(), address);
    await driver.page.setViewport({ width: 1280, height: 900 });
    await driver.page.evaluateOnNewDocument(countInstances);
    await driver.page.goto(address + link);
    return driver;
  }

  /** The first screen's button, or the laboratory's. @param {string} [place] */
  async play(place = '#run') {
    await this.click(`${place} [data-action="play"]`);
  }

  async stop() {
    await this.page.click('[data-action="stop"]');
  }

  /** @param {string} phase */
  async phase(phase) {
    await this.page.waitForSelector(`#run[data-phase="${phase}"]`);
  }

  /** @param {string} selector @returns {Promise<string>} */
  async text(selector) {
    return this.page.$eval(selector, (node) => node.textContent ?? '');
  }

  /** @param {string} selector @returns {Promise<string[]>} */
  async texts(selector) {
    return this.page.$$eval(selector, (nodes) => nodes.map((node) => node.textContent ?? ''));
  }

  /** Resolves once the place says it. @param {string} selector @param {string} words */
  async shows(selector, words) {
    await this.page.waitForFunction(
      (place, text) => document.querySelector(place)?.textContent?.includes(text),
      {},
      selector,
      words,
    );
  }

  /** @param {string} flag @param {string} value as a reader types it, with Enter */
  async type(flag, value) {
    await this.click(`#${flag}`, { count: 3 });
    await this.page.keyboard.type(value);
    await this.page.keyboard.press('Enter');
  }

  /** @param {string} id of a radio button or check box */
  async choose(id) {
    await this.click(`#${id}`);
  }

  /**
   * Where the page still scrolls, smoothly, to what it shows, a click would miss: this ends it.
   * @param {string} selector
   * @param {import('puppeteer-core').ClickOptions} [options]
   */
  async click(selector, options) {
    await this.page.$eval(selector, (element) =>
      element.scrollIntoView({ behavior: 'instant', block: 'center' }),
    );
    await this.page.click(selector, options);
  }

  async hash() {
    return this.page.evaluate(() => location.hash);
  }

  async progress() {
    return this.page.$eval('#progress', (bar) => /** @type {HTMLProgressElement} */ (bar).value);
  }

  /** Resolves when the progress bar stood still for that many frames. @param {number} frames */
  async standstill(frames) {
    await this.page.evaluate(waitForStandstill, frames);
  }

  /** @param {number} value */
  async progressBeyond(value) {
    await this.page.waitForFunction(
      (least) => Number(document.querySelector('progress')?.value) > least,
      { polling: 'raf' },
      value,
    );
  }

  /** @param {number} frames @returns {Promise<void>} when the page has drawn so many more */
  async frames(frames) {
    await this.page.evaluate(waitForFrames, frames);
  }

  /** How many pixels of a chart have the colour of a variant. @param {string} chart @param {string} property */
  async pixels(chart, property) {
    return this.page.evaluate(countPixels, chart, property);
  }

  /** Core instances made on the page's own thread. @returns {Promise<number>} */
  async instances() {
    return this.page.evaluate(() => Reflect.get(globalThis, 'wasmInstances'));
  }
}

/** Runs in the page, before anything else. */
function countInstances() {
  Reflect.set(globalThis, 'wasmInstances', 0);
  const count = () =>
    Reflect.set(globalThis, 'wasmInstances', Reflect.get(globalThis, 'wasmInstances') + 1);
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = Reflect.get(WebAssembly, name);
    Reflect.set(WebAssembly, name, (/** @type {any[]} */ ...args) => {
      count();
      return original.apply(WebAssembly, args);
    });
  }
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, args) {
      count();
      return Reflect.construct(target, args);
    },
  });
}

/** Runs in the page. @param {number} frames */
function waitForFrames(frames) {
  return new Promise((resolve) => {
    const next = (/** @type {number} */ left) =>
      left === 0 ? resolve(undefined) : requestAnimationFrame(() => next(left - 1));
    next(frames);
  });
}

/** Runs in the page. @param {number} frames */
function waitForStandstill(frames) {
  const bar = /** @type {HTMLProgressElement} */ (document.querySelector('progress'));
  return new Promise((resolve) => {
    const next = (/** @type {number} */ left, /** @type {number} */ value) => {
      if (left === 0) return resolve(undefined);
      const same = bar.value === value;
      requestAnimationFrame(() => next(same ? left - 1 : frames, bar.value));
    };
    next(frames, bar.value);
  });
}

/** Runs in the page. @param {string} chart @param {string} property */
function countPixels(chart, property) {
  const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector(`${chart} canvas`));
  const colour = getComputedStyle(document.documentElement).getPropertyValue(property).trim();
  const wanted = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    const near = wanted.every((value, channel) => Math.abs(data[i + channel] - value) < 8);
    if (near && data[i + 3] > 240) count += 1;
  }
  return count;
}
