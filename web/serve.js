/**
 * The page on this machine: a static server for `npm start` and the tests.
 *
 *     node web/serve.js [PORT]
 */

import { createReadStream, realpathSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../dist/page/', import.meta.url));
const HOST = '127.0.0.1';
const PORT = 8080;
/** A busy port is passed over this many times. */
const PORTS_TRIED = 20;

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/**
 * @param {string} root directory; nothing outside of it is ever served
 * @param {number} [port] 0: any free one
 * @param {Record<string, string>} [headers] that every answer has, too
 * @returns {Promise<{ address: string, close: () => Promise<void> }>} address ends in a slash
 */
export async function serve(root, port = 0, headers = {}) {
  const base = await realpath(root);
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(base, request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error.message));
    });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve(undefined));
  });
  const bound = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    address: `http://${HOST}:${bound.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {string} base
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(base, { method, url = '/' }, response) {
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const file = await locate(base, url);
  if (file === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such file here.\n');
    return;
  }
  response.writeHead(200, {
    'content-type':
      TYPES[/** @type {keyof TYPES} */ (extname(file.path))] ?? 'application/octet-stream',
    'content-length': file.size,
    'cache-control': 'no-cache',
  });
  if (method === 'HEAD') response.end();
  else
    createReadStream(file.path)
      .on('error', () => response.destroy())
      .pipe(response);
}

/** @param {string} base @param {string} url @returns {Promise<{ path: string, size: number } | undefined>} */
async function locate(base, url) {
  try {
    const wanted = decodeURIComponent(url.split(/[?#]/)[0]);
    const path = await realpath(join(base, wanted.endsWith('/') ? `${wanted}index.html` : wanted));
    // After links are followed, too.
    if (!path.startsWith(base + sep)) return undefined;
    const found = await stat(path);
    return found.isFile() ? { path, size: found.size } : undefined;
  } catch {
    // A name that cannot be decoded, or no such file.
    return undefined;
  }
}

/** @param {number} port */
async function start(port) {
  for (let tried = 0; ; tried++) {
    try {
      return await serve(PAGE, port + tried);
    } catch (error) {
      const busy = /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE';
      if (!busy || tried === PORTS_TRIED) throw error;
    }
  }
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const port = Number(process.argv[2] ?? process.env.PORT ?? PORT);
  if (Number.isInteger(port) && port >= 0 && port + PORTS_TRIED < 2 ** 16) {
    const { address } = await start(port);
    const taken = port === 0 || address.endsWith(`:${port}/`) ? '' : `port ${port} is taken; `;
    console.log(`${taken}the page is at ${address} (Ctrl-C ends it)`);
  } else {
    console.error('usage: npm start [-- PORT], a number from 0 to 65515');
    process.exitCode = 2;
  }
}
