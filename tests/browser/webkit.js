/**
 * WebKit: WebKitGTK's MiniBrowser on a screen that nobody sees (Xvfb), driven by WebDriver. Of the
 * protocol four commands are needed here, each one request: https://www.w3.org/TR/webdriver2/
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';

const LIBRARIES = '/usr/lib/x86_64-linux-gnu';
const DRIVER = 'WebKitWebDriver';
const PATIENCE_MS = 60_000;

/** @returns {string} Debian has it beside the library, in a folder named by the interface's version */
function miniBrowser() {
  const folder = readdirSync(LIBRARIES).find((name) => /^webkit2?gtk-4\.\d$/.test(name));
  if (!folder) throw new Error('WebKitGTK is not installed: apt-get install webkit2gtk-driver');
  return `${LIBRARIES}/${folder}/MiniBrowser`;
}

/** A display, once Xvfb says which number it took. */
async function startScreen() {
  const options = ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'];
  const screen = spawn('Xvfb', options, { stdio: ['ignore', 'pipe', 'ignore'] });
  const lines = createInterface({ input: screen.stdout });
  const [number] = await Promise.race([once(lines, 'line'), ended(screen, 'Xvfb')]);
  return { screen, display: `:${number}` };
}

/** @param {import('node:child_process').ChildProcess} child @param {string} name @returns {Promise<never>} */
const ended = (child, name) =>
  new Promise((_, reject) => {
    child.once('error', (cause) => reject(new Error(`${name} cannot be started`, { cause })));
    child.once('exit', (code) => reject(new Error(`${name} ended with exit code ${code}`)));
  });

/**
 * @param {string} base
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
async function command(base, method, path, body) {
  const response = await fetch(base + path, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`WebDriver ${path}: ${value.error}: ${value.message}`);
  return value;
}

/** Until the driver listens: it says nothing when it does. @param {string} base */
async function untilReady(base) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      if ((await command(base, 'GET', '/status')).ready) return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** @returns {Promise<number>} a port that was free just now */
async function freePort() {
  const { createServer } = await import('node:net');
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
 *   evaluate: (body: string, ...args: any[]) => Promise<any>,
 *   close: () => Promise<void>,
 * }>} evaluate: of a function's body, whose last argument is called with what it gives
 */
export async function launch() {
  const { screen, display } = await startScreen();
  const port = await freePort();
  const driver = spawn(DRIVER, [`--port=${port}`], {
    env: { ...process.env, DISPLAY: display },
    stdio: 'ignore',
  });
  const base = `http://127.0.0.1:${port}`;
  const stop = async () => {
    for (const child of [driver, screen]) {
      if (child.exitCode === null && child.signalCode === null && child.kill()) {
        await once(child, 'exit');
      }
    }
  };
  try {
    await Promise.race([untilReady(base), ended(driver, DRIVER)]);
    const { sessionId, capabilities } = await command(base, 'POST', '/session', {
      capabilities: {
        alwaysMatch: {
          'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] },
          timeouts: { script: PATIENCE_MS, pageLoad: PATIENCE_MS },
        },
      },
    });
    const session = `/session/${sessionId}`;
    return {
      version: capabilities.browserVersion,
      goto: (url) => command(base, 'POST', `${session}/url`, { url }),
      evaluate: (script, ...args) =>
        command(base, 'POST', `${session}/execute/async`, { script, args }),
      async close() {
        await command(base, 'DELETE', session);
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
