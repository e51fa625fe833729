/** A worker that runs, and answers nothing: no call may wait for it for ever. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

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
