/** A worker that runs, and answers nothing: no call may wait for it for ever. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { WorkerLostError, createModel, dense } from '../../dist/index.js';
import { START_MS } from '../../js/protocol.js';

test('a worker that stays silent is lost after a minute', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'silent-'));
  t.after(() => rm(folder, { recursive: true }));
  const script = join(folder, 'silent.mjs');
  await writeFile(
    script,
    "import { parentPort } from 'node:worker_threads';\nparentPort.on('message', () => {});\n",
  );
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const workerUrl = pathToFileURL(script);
  const creating = createModel({ input: 1, layers: [dense(1)] }, { workerUrl });
  const lost = assert.rejects(creating, (error) => {
    assert.ok(error instanceof WorkerLostError);
    assert.ok(error.message.includes(workerUrl.href));
    return true;
  });
  let settled = false;
  lost.finally(() => (settled = true));
  while (!settled) {
    t.mock.timers.tick(START_MS);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await lost;
});

test('a call that cannot be sent rejects, and keeps no process alive', async () => {
  const worker = `import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ kind }) => {
      if (kind === 'start') parentPort.postMessage({ kind: 'ready' });
    });`;
  const script = `import { connectTo } from ${JSON.stringify(new URL('../../js/line.js', import.meta.url))};
    const empty = WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    const workerUrl = ${JSON.stringify(`data:text/javascript,${encodeURIComponent(worker)}`)};
    const connection = await connectTo(() => empty, { worker: true, workerUrl });
    await connection.call('info', () => {}).catch(({ name }) => console.log(name));`;
  const words = ['--input-type=module', '--eval', script];
  // What lives on is killed, and fails.
  const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 60_000 });
  assert.equal(stdout, 'DataCloneError\n');
});
