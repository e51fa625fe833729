/** The engine behind its messages: the order in which they may come. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Engine } from '../../js/engine.js';
import { loadModule } from '../../js/core/module.js';
import { dense, resolveSpec } from '../../js/layers.js';
import { UPLOAD_BYTES } from '../../js/protocol.js';
import { serve } from '../../js/serve.js';
import { VARIANT, WASM, startCore } from './support-build.js';

const FEATURES = 784;
const SAMPLES = 3000;

test('a piece of the rows that is lost, doubled or too long is refused, and the next right one is not', async () => {
  const engine = new Engine(await startCore());
  const id = engine.openData({ samples: SAMPLES, features: FEATURES, classes: 0, floats: false });
  const rows = Math.floor(UPLOAD_BYTES / FEATURES);
  const write = (first, count) =>
    engine.writeData({
      id,
      part: 'images',
      offset: first * FEATURES,
      values: new Uint8Array(count * FEATURES).fill(1),
    });
  write(0, rows);
  assert.throws(() => write(0, rows), /first must be the first row that is not there, not 0/);
  assert.throws(() => write(2 * rows, 10), new RegExp(`not there, not ${2 * rows}`));
  const tooMany = SAMPLES + 1 - rows;
  assert.throws(() => write(rows, tooMany), new RegExp(`are missing, not ${tooMany}`));
  write(rows, SAMPLES - rows);
  engine.closeData({ id });
});

test('a new model is answered before its weights are drawn, and has them at the next call', async () => {
  const call = (id, method, args) => ({ kind: 'call', id, method, args, paused: false });
  const norms = new Map();
  const { receive, close } = serve(({ kind, id, value, error }) => {
    assert.ok(['ready', 'result'].includes(kind), error?.message);
    if (id === 1)
      receive(call(2, 'parameters')); // within the answer
    else if (value) norms.set(id, Math.hypot(...value['layers.0.weight'].data));
  });
  await receive({ kind: 'start', module: await loadModule(VARIANT, WASM.href) });
  const spec = resolveSpec({ input: 3, layers: [dense(2)], seed: 1 });
  await receive(call(1, 'create', spec));
  await receive(call(3, 'parameters'));
  close();
  assert.equal(norms.get(2), 0);
  assert.ok(norms.get(3) > 0);
});
