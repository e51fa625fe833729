/** What the places of the package must print is what PyTorch has confirmed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createModel } from '../../dist/index.js';
import { assertClose, stepLosses } from '../js/support-models.js';
import { HASH, confirmed, dataset, options, spec } from './places/golden.js';

test("the golden training has PyTorch's losses and weights, and the golden hash", async () => {
  const { maxSteps, ...rest } = options;
  const model = await createModel(spec, { worker: false });
  const losses = await stepLosses(model, dataset, rest, maxSteps);
  assertClose(losses, confirmed.losses, 2e-6, 'losses'); // tests/fixtures/README.md
  for (const [name, { data }] of Object.entries(await model.parameters())) {
    assertClose(data, confirmed.parameters[name].data, 2e-6, name);
  }
  assert.equal(await model.hash(), HASH);
  await model.dispose();
});
