/**
 * The commands of WebDriver that are needed here, each one request, and each with a limit: a driver whose
 * browser hangs or has gone says nothing. https://www.w3.org/TR/webdriver2/
 */

/**
 * @typedef {object} Limits in milliseconds
 * @property {number} page for it to load, and for a script in it to end: then the driver itself says so
 * @property {number} answer by then it has said so, or does not answer
 * @property {number} close
 */

/** @type {Limits} */
const LIMITS = { page: 60_000, answer: 70_000, close: 10_000 };
const POLL_MS = 50;

export class WebDriver {
  /** Where the browser was sent. */
  address = 'about:blank';
  /** Of the browser, once there is a session. */
  version = '';

  #session = '';
  #base;
  #limits;
  #ended;
  #lastWords;

  /**
   * @param {string} base the driver's address
   * @param {{ ended: Promise<never>, lastWords: string }} program which serves it
   * @param {Limits} [limits]
   */
  constructor(base, program, limits = LIMITS) {
    this.#base = base;
    this.#limits = limits;
    this.#ended = program.ended;
    this.#lastWords = () => program.lastWords;
  }

  /** @param {object} capabilities @returns {Promise<void>} once the driver listens, which it tells nobody, and has a browser */
  async open(capabilities) {
    const { page, answer } = this.#limits;
    const end = Date.now() + answer;
    const isReady = () =>
      this.#ask('GET /status', answer).then(
        ({ ready }) => ready,
        (error) => {
          if (!isRefused(error)) throw error;
        },
      );
    while (!(await isReady())) {
      if (Date.now() > end) {
        throw new Error(`WebDriver: ${this.#base} is not ready in ${answer / 1000} s`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const timeouts = { script: page, pageLoad: page };
    const alwaysMatch = { ...capabilities, timeouts };
    const session = await this.#ask('POST /session', answer, { capabilities: { alwaysMatch } });
    this.#session = `/session/${session.sessionId}`;
    this.version = session.capabilities.browserVersion;
  }

  /** @param {string} url @returns {Promise<void>} once it is loaded */
  async goto(url) {
    this.address = url;
    const { page, answer } = this.#limits;
    await this.#ask(`POST ${this.#session}/url`, answer, { url });
    // WebKit's driver may answer while the page is still interactive, before its modules have run.
    const [wanted] = new URL(url).href.split('#');
    const end = Date.now() + page;
    for (;;) {
      const [state, href] = await this.evaluate('return [document.readyState, location.href]');
      if (state === 'complete' && href.split('#')[0] === wanted) return;
      if (Date.now() > end) {
        throw new Error(`WebDriver: ${url} is not loaded in ${page / 1000} s: ${href}, ${state}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /**
   * @param {string} body of an async function
   * @returns {Promise<any>} what it gives
   * @throws {Error} as it throws
   */
  async evaluate(body) {
    // WebDriver makes null of undefined: what is undefined is left out.
    const script = `const done = arguments[arguments.length - 1];
      (async () => {${body}})().then(
        (value) => done(value === undefined ? {} : { value }),
        (error) => done({ error: String(error) }),
      );`;
    const path = `POST ${this.#session}/execute/async`;
    const { value, error } = await this.#ask(path, this.#limits.answer, { script, args: [] });
    if (error !== undefined) throw new Error(`${this.address}: ${error}`);
    return value;
  }

  async close() {
    await this.#ask(`DELETE ${this.#session}`, this.#limits.close);
  }

  /**
   * @param {string} command its method and path
   * @param {number} limitMs
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async #ask(command, limitMs, body) {
    const [method, path] = command.split(' ');
    const step = command.replace(/(?<=session\/)[^/]+/, 'ID');
    const where = `WebDriver: ${step}, the browser at ${this.address}`;
    const signal = AbortSignal.timeout(Math.max(0, limitMs));
    const content = { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = async () => {
      const response = await fetch(this.#base + path, { method, signal, ...(body && content) });
      return { isOk: response.ok, ...(await response.json()) };
    };
    const { isOk, value } = await Promise.race([answer(), this.#ended]).catch((cause) => {
      const reason = signal.aborted ? `no answer within ${limitMs / 1000} s` : cause.message;
      throw new Error(`${where}: ${reason}${quoted(this.#lastWords())}`, { cause });
    });
    if (!isOk) throw new Error(`${where}: ${value.error}${value.message && `, ${value.message}`}`);
    return value;
  }
}

/** @param {string} words */
const quoted = (words) => words && `; the browser's last words: ${words}`;

/** Nobody listens there yet. @param {any} error */
const isRefused = ({ cause }) => cause?.cause?.code === 'ECONNREFUSED';
