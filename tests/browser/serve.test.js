/** The static server: right types, and nothing outside of its directory. */

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { serve } from './serve.js';

/** @type {string} */
let folder;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serve '));
  const root = join(folder, 'root');
  await mkdir(join(root, 'sub folder'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(root, 'index.html'), '<p>start</p>');
  await writeFile(join(root, 'sub folder', 'core.wasm'), Buffer.from([0, 97, 115, 109]));
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'));
  server = await serve(root);
});

after(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/**
 * With a path as it is: `fetch` would tidy it first.
 * @param {string} path
 * @param {string} [method]
 * @returns {Promise<{ status: number, type: string | undefined, body: string }>}
 */
function ask(path, method = 'GET') {
  const { hostname, port } = new URL(server.address);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({
        status: response.statusCode ?? 0,
        type: response.headers['content-type'],
        body: Buffer.concat(chunks).toString(),
      });
    })
      .on('error', reject)
      .end();
  });
}

describe('the server', () => {
  test('gives index.html for a folder, and files with the type that a browser insists on', async () => {
    assert.deepEqual(await ask('/?query'), {
      status: 200,
      type: 'text/html; charset=utf-8',
      body: '<p>start</p>',
    });
    const core = await ask('/sub%20folder/core.wasm');
    assert.equal(core.type, 'application/wasm');
    assert.equal(core.body.length, 4);
  });

  test('gives nothing from outside, by dots, by encoded dots or by a link', async () => {
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/link.txt']) {
      const { status, body } = await ask(path);
      assert.equal(status, 404, path);
      assert.doesNotMatch(body, /secret/);
    }
  });

  test('answers what it cannot do', async () => {
    assert.equal((await ask('/none.js')).status, 404);
    assert.equal((await ask('/sub%20folder')).status, 404);
    assert.equal((await ask('/%zz')).status, 404);
    assert.equal((await ask('/', 'POST')).status, 405);
    assert.equal((await ask('/', 'HEAD')).body, '');
  });
});
