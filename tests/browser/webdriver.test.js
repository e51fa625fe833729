/** What drives WebKit: a step that hangs is named, and nothing of a browser runs on. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { Program } from './processes.js';
import { WebDriver } from './webdriver.js';

/** The answers that come need far less, also of a busy machine. */
const LIMITS = { page: 1000, answer: 3000, close: 3000 };
const ADDRESS = 'http://127.0.0.1:9/page';
const SESSION = { sessionId: '7', capabilities: { browserVersion: '1' } };
const SILENT = /** @type {{ ended: Promise<never>, lastWords: string }} */ ({
  ended: new Promise(() => {}),
  lastWords: 'a crash',
});

/**
 * A driver that answers these commands, and says nothing to others.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, any>} answers by the end of the path
 */
async function driverThat(t, answers, program = SILENT) {
  const server = createHttpServer(({ url = '' }, response) => {
    const name = Object.keys(answers).find((path) => url.endsWith(path));
    if (name) response.end(JSON.stringify({ value: answers[name] }));
  }).listen(0, '127.0.0.1');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return new WebDriver(`http://127.0.0.1:${port}`, program, LIMITS);
}

const open = { '/status': { ready: true }, '/session': SESSION };
const loaded = { value: ['complete', ADDRESS] };

/** @type {[string, Record<string, any>, (driver: WebDriver) => Promise<any>, RegExp][]} */
const steps = [
  [
    'listening',
    {},
    (driver) => driver.open({}),
    /GET \/status, .* about:blank: no answer within 3 s/,
  ],
  [
    'getting ready',
    { '/status': { ready: false } },
    (driver) => driver.open({}),
    /http:\/\/127.0.0.1:\d+ is not ready in 3 s/,
  ],
  [
    'a session',
    { '/status': { ready: true } },
    (driver) => driver.open({}),
    /POST \/session, .* about:blank: no answer within 3 s; .*: a crash/,
  ],
  [
    'a navigation',
    open,
    (driver) => driver.open({}).then(() => driver.goto(ADDRESS)),
    /POST \/session\/ID\/url, .* http:\/\/127.0.0.1:9\/page: no answer within 3 s/,
  ],
  [
    'loading',
    { ...open, '/url': null, '/async': { value: ['interactive', ADDRESS] } },
    (driver) => driver.open({}).then(() => driver.goto(ADDRESS)),
    /http:\/\/127.0.0.1:9\/page is not loaded in 1 s: http:\/\/127.0.0.1:9\/page, interactive/,
  ],
  [
    'leaving the page before',
    { ...open, '/url': null, '/async': { value: ['complete', 'about:blank'] } },
    (driver) => driver.open({}).then(() => driver.goto(ADDRESS)),
    /http:\/\/127.0.0.1:9\/page is not loaded in 1 s: about:blank, complete/,
  ],
  [
    'a script',
    open,
    (driver) => driver.open({}).then(() => driver.evaluate('return 1')),
    /POST \/session\/ID\/execute\/async, .* about:blank: no answer within 3 s/,
  ],
  [
    'closing',
    { ...open, '/url': null, '/async': loaded },
    (driver) => driver.open({}).then(() => driver.goto(ADDRESS).then(() => driver.close())),
    /DELETE \/session\/ID, .* http:\/\/127.0.0.1:9\/page: no answer within 3 s/,
  ],
];

for (const [what, answers, use, words] of steps) {
  test(`${what} has a limit, whose error names the step and the address`, async (t) => {
    await assert.rejects(use(await driverThat(t, answers)), { message: words });
  });
}

test('a driver that ends in the middle of a step is an error at once, with its last words', async (t) => {
  const program = new Program('sh', ['-c', 'echo no display >&2; exit 3']);
  t.after(() => program.end());
  const driver = await driverThat(t, {}, program);
  await assert.rejects(driver.open({}), /GET \/status.*sh ended with exit code 3: no display/);
});

test('a program that is not there is an error that names it', async () => {
  const program = new Program('no-such-program', []);
  await assert.rejects(program.ended, /no-such-program cannot be started/);
  await program.end();
});

test('what a program has started ends with it, also what ignores a signal', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const stubborn = `process.on('SIGTERM', () => {}); require('net').connect(${port}, '127.0.0.1')`;
  const script = `"${process.execPath}" --eval "${stubborn}" & wait`;
  const program = new Program('sh', ['-c', script]);
  const [socket] = await once(server, 'connection');
  socket.on('error', () => {}); // a reset is an end, too
  const closed = once(socket, 'close');
  socket.resume();
  await program.end();
  await closed;
});

test('and when a signal ends the process that started it', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const waiting = `require('net').connect(${port}, '127.0.0.1')`;
  const script = `
    import { Program } from ${JSON.stringify(new URL('processes.js', import.meta.url))};
    new Program(process.execPath, ['--eval', ${JSON.stringify(waiting)}]);`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  const [socket] = await once(server, 'connection');
  socket.on('error', () => {}); // a reset is an end, too
  const closed = once(socket, 'close');
  socket.resume();
  parent.kill('SIGTERM');
  const [, signal] = await once(parent, 'exit');
  assert.equal(signal, 'SIGTERM');
  await closed;
});
