/**
 * A plain host, and one that fails as hosts do: it knows no type but those without which browsers refuse
 * a file, sends no header but that and the length, and answers by a test's rules where those say so.
 */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const HOST = '127.0.0.1';
const TYPES = new Map([
  ['.css', 'text/css'],
  ['.html', 'text/html'],
  ['.js', 'text/javascript'],
]);

/**
 * @typedef {object} Reply
 * @property {number} [status] 200
 * @property {string | Uint8Array} [body]
 * @property {Record<string, string | number>} [headers]
 * @property {number} [cutAfter] bytes of the body: then the connection breaks
 * @property {number} [holdAfter] bytes of the body: what follows waits for `release`
 */

/** @typedef {(path: string, headers: import('node:http').IncomingHttpHeaders, file: Uint8Array | undefined) => Reply | 'silence' | undefined} Rule */

export class UnrulyServer {
  /** Where on the server the folder is: as in an address, with slashes around. */
  place = '/';
  /** Undefined: the file, or 404. @type {Rule} */
  rule = () => undefined;
  /** Paths asked for, with the range. @type {string[]} */
  asked = [];

  #server = createServer((request, response) => void this.#answer(request, response));
  #port = 0;
  /** What is held back. @type {(() => void)[]} */
  #held = [];

  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
  }

  /** @param {string} folder */
  static async start(folder) {
    const server = new UnrulyServer(folder);
    await server.resume();
    return server;
  }

  get port() {
    return this.#port;
  }

  get address() {
    return `http://${HOST}:${this.#port}${this.place}`;
  }

  /** Sends what was held back. */
  release() {
    for (const send of this.#held.splice(0)) send();
  }

  /** At the same address as before. */
  async resume() {
    await new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, HOST, () => resolve(undefined));
    });
    this.#port = /** @type {import('node:net').AddressInfo} */ (this.#server.address()).port;
  }

  async stop() {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  async #answer(request, response) {
    const path = decodeURIComponent((request.url ?? '/').split('?')[0]);
    this.asked.push([path, request.headers.range].filter(Boolean).join(' '));
    const name = path.endsWith('/') ? `${path}index.html` : path;
    const place = decodeURIComponent(this.place);
    const file = name.startsWith(place)
      ? await readFile(join(this.folder, name.slice(place.length))).catch(() => undefined)
      : undefined;
    const found = file
      ? { body: file, headers: { 'content-type': TYPES.get(extname(name)) ?? '' } }
      : { status: 404, body: 'not here' };
    const reply = this.rule(path, request.headers, file) ?? found;
    if (reply !== 'silence') this.#send(response, reply);
  }

  /** @param {import('node:http').ServerResponse} response @param {Reply} reply */
  #send(response, { status = 200, body = '', headers = {}, cutAfter, holdAfter }) {
    const bytes = Buffer.from(body);
    const told = Object.entries({ 'content-length': bytes.length, ...headers });
    response.writeHead(status, Object.fromEntries(told.filter(([, value]) => value !== '')));
    if (cutAfter !== undefined) {
      response.write(bytes.subarray(0, cutAfter), () => response.destroy());
    } else if (holdAfter !== undefined) {
      response.write(bytes.subarray(0, holdAfter));
      this.#held.push(() => response.end(bytes.subarray(holdAfter)));
    } else response.end(bytes);
  }
}
