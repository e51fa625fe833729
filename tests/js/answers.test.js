/** Every method of the engine says what it answers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RESULTS } from '../../js/answers.js';
import { Engine } from '../../js/engine.js';

test('no method is missing, none is left over', () => {
  const methods = new Set(Object.getOwnPropertyNames(Engine.prototype));
  methods.delete('constructor');
  methods.delete('destroy'); // asked of a thread that no model has
  methods.delete('initialize'); // called after the answer to `create`
  assert.deepEqual(Object.keys(RESULTS).sort(), [...methods].sort());
});
