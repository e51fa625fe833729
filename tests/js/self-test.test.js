/** What a core is measured by before it is trusted. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { Core } from '../../js/core/core.js';
import { EngineError } from '../../js/errors.js';
import * as own from '../../js/core/self-test.js';
import { WASM } from './support-build.js';

const range = (n) => Array.from({ length: n }, (_, i) => i);
const sum = (values) => values.reduce((total, value) => total + value, 0);

test('the self-test expects what float64 gives', () => {
  const hidden = range(own.HIDDEN).map((o) =>
    sum(range(own.INPUTS).map((i) => own.hiddenWeight(o, i) * own.input(i))),
  );
  const logits = own.PROBABILITIES.map((_, o) =>
    sum(hidden.map((value, i) => own.outputWeight(o, i) * value)),
  );
  const powers = logits.map(Math.exp);
  for (const [o, expected] of own.PROBABILITIES.entries()) {
    assert.ok(Math.abs(powers[o] / sum(powers) - expected) < 1e-10, `${o}: ${expected}`);
  }
});

test('a core of another version, without a function that is called later, is refused when it starts', async () => {
  const bytes = Buffer.from(await readFile(WASM));
  const name = 'dw_model_initialize';
  bytes.write('dw_model_initialise', bytes.indexOf(name), 'latin1');
  const module = await WebAssembly.compile(bytes);
  await assert.rejects(
    Core.of(module),
    (error) => error instanceof EngineError && error.message.includes(name),
  );
});
