/** The page's downloads go on where they broke off, from any server, or begin anew: always the whole file. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Downloads } from '../../web/downloads.js';

const FILE = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
const CUT = 100_000;

/** @type {import('node:http').Server} */
let server;
/** @type {string} */
let address;
/** What the server does with the next requests, one each; then it answers well. @type {((request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void)[]} */
let answers = [];
/** @type {(string | undefined)[]} ranges asked for */
let ranges = [];
/** @type {Downloads} */
let downloads;

before(async () => {
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    (answers.shift() ?? rest)(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  address = `http://127.0.0.1:${port}/file.gz`;
});

after(() => server.close());

beforeEach(() => {
  answers = [];
  ranges = [];
  downloads = new Downloads();
});

/** The connection breaks. @param {Record<string, string>} headers @param {Buffer} [bytes] */
const cut =
  (headers, bytes = FILE) =>
  (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length, ...headers });
    response.write(bytes.subarray(0, CUT), () => response.destroy());
  };

/** As a server that knows ranges, and the file by its tag. */
function rest({ headers }, response) {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const known = { etag: '"it"' };
  if (from === 0 || headers['if-range'] !== '"it"') whole(undefined, response);
  else {
    const range = `bytes ${from}-${FILE.length - 1}/${FILE.length}`;
    response.writeHead(206, { ...known, 'content-range': range }).end(FILE.subarray(from));
  }
}

function whole(_, response) {
  response.writeHead(200, { etag: '"it"', 'content-length': FILE.length }).end(FILE);
}

const get = async () => {
  const response = await downloads.fetch(address);
  const bytes = Buffer.from(await response.arrayBuffer());
  return { bytes, length: response.headers.get('content-length') };
};
const hash = (/** @type {Buffer} */ bytes) => createHash('sha256').update(bytes).digest('hex');

/** @param {Awaited<ReturnType<typeof get>>} got */
function isWhole({ bytes }) {
  assert.equal(bytes.length, FILE.length);
  assert.equal(hash(bytes), hash(FILE));
}

test('what broke off goes on behind the last byte that came, and says all its length', async () => {
  answers = [cut({ etag: '"it"' })];
  await assert.rejects(get());
  const got = await get();
  isWhole(got);
  assert.equal(got.length, String(FILE.length));
  const [, from] = ranges.map((range) => Number(/\d+/.exec(range ?? '0')));
  assert.ok(from > 0 && from <= CUT, `asked for what follows byte ${from}`);
});

test('a file that came whole is not asked for again until it turns out to be wrong', async () => {
  isWhole(await get());
  isWhole(await get());
  assert.equal(ranges.length, 1);
  await downloads.forget(address);
  isWhole(await get());
  assert.equal(ranges.length, 2);
});

/** @type {[string, Record<string, string>, typeof answers, Buffer?][]} */
const SERVERS = [
  ['knows no ranges', { etag: '"it"' }, [whole]],
  ['has another file by now', { etag: '"that"' }, []],
  ['gave no tag', {}, []],
  ['gave a weak tag', { etag: 'W/"it"' }, []],
  ['has no such range', { etag: '"it"' }, [(_, response) => void response.writeHead(416).end()]],
  [
    'gives another range than it was asked for',
    { etag: '"it"' },
    [
      (_, response) => {
        const range = `bytes 7-${FILE.length - 1}/${FILE.length}`;
        response.writeHead(206, { 'content-range': range }).end(FILE.subarray(7));
      },
    ],
  ],
];
for (const [what, headers, next] of SERVERS) {
  test(`begins anew where the server ${what}`, async () => {
    answers = [cut(headers), ...next];
    await assert.rejects(get());
    isWhole(await get());
  });
}

test('encoded answers are no base for ranges, and have no length', async () => {
  const noise = Buffer.from(
    Array.from({ length: 900_000 }, (_, i) => ((i * i * i) % 251) ^ (i >> 8)),
  );
  const packed = gzipSync(noise);
  assert.ok(packed.length > CUT);
  answers = [cut({ etag: '"it"', 'content-encoding': 'gzip' }, packed)];
  const response = await downloads.fetch(address);
  assert.equal(response.headers.get('content-length'), null);
  await assert.rejects(response.arrayBuffer());
  isWhole(await get());
  assert.deepEqual(ranges, [undefined, undefined]);
});

test('a status is passed on, and what had come before stays', async () => {
  answers = [cut({ etag: '"it"' }), (_, response) => void response.writeHead(503).end()];
  await assert.rejects(get());
  assert.equal((await downloads.fetch(address)).status, 503);
  isWhole(await get());
  assert.equal(ranges.filter(Boolean).length, 2);
});

test('an aborted download goes on, too', async () => {
  const controller = new AbortController();
  answers = [
    (_, response) => {
      response.writeHead(200, { etag: '"it"', 'content-length': FILE.length });
      response.write(FILE.subarray(0, CUT));
    },
  ];
  const response = await downloads.fetch(address, { signal: controller.signal });
  const reader = /** @type {ReadableStream} */ (response.body).getReader();
  await reader.read();
  controller.abort();
  await assert.rejects(async () => {
    while (!(await reader.read()).done);
  });
  isWhole(await get());
  assert.match(String(ranges[1]), /^bytes=\d+-$/);
});
