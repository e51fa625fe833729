/** WebKit: WebKitGTK's MiniBrowser on a screen that nobody sees (Xvfb), driven by WebDriver. */

import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { Program } from './processes.js';
import { WebDriver } from './webdriver.js';

const LIBRARIES = '/usr/lib/x86_64-linux-gnu';
const DRIVER = 'WebKitWebDriver';
const SCREEN_MS = 60_000;

/** @returns {string} Debian has it beside the library, in a folder named by the interface's version */
function miniBrowser() {
  const folder = readdirSync(LIBRARIES).find((name) => /^webkit2?gtk-4\.\d$/.test(name));
  if (!folder) throw new Error('WebKitGTK is not installed: apt-get install webkit2gtk-driver');
  return `${LIBRARIES}/${folder}/MiniBrowser`;
}

/** @param {Program} screen Xvfb @returns {Promise<string>} the display, once it says which number it took */
async function displayOf(screen) {
  const lines = createInterface({ input: screen.output });
  const line = once(lines, 'line', { signal: AbortSignal.timeout(SCREEN_MS) }).catch((cause) => {
    throw new Error(`Xvfb has not said its display within ${SCREEN_MS / 1000} s`, { cause });
  });
  const [number] = await Promise.race([line, screen.ended]);
  lines.close();
  return `:${number}`;
}

/** @returns {Promise<number>} a port that was free just now */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * @returns {Promise<{
 *   version: string,
 *   goto: (url: string) => Promise<void>,
 *   evaluate: (body: string) => Promise<any>,
 *   close: () => Promise<void>,
 * }>} evaluate: of an async function's body; close: nothing of it runs any more, also where that rejects
 */
export async function launch() {
  const options = ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'];
  /** @type {Program[]} the last one started ends first */
  const programs = [];
  const start = (/** @type {ConstructorParameters<typeof Program>} */ ...program) => {
    programs.unshift(new Program(...program));
    return programs[0];
  };
  const stop = async () => {
    for (const program of programs) await program.end();
  };
  try {
    const DISPLAY = await displayOf(start('Xvfb', options));
    const port = await freePort();
    const program = start(DRIVER, [`--port=${port}`], { ...process.env, DISPLAY });
    const driver = new WebDriver(`http://127.0.0.1:${port}`, program);
    const browser = { binary: miniBrowser(), args: ['--automation'] };
    await driver.open({ 'webkitgtk:browserOptions': browser });
    return {
      version: driver.version,
      goto: (url) => driver.goto(url),
      evaluate: (body) => driver.evaluate(body),
      close: () => driver.close().finally(stop),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
