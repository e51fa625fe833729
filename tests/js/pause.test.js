import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PauseController } from '../../js/pause.js';

test('a controller tells every change once', () => {
  const controller = new PauseController();
  const seen = [];
  controller.addEventListener('change', () => seen.push(controller.paused));
  assert.equal(controller.paused, false);
  controller.resume();
  controller.pause();
  controller.pause();
  controller.resume();
  assert.deepEqual(seen, [true, false]);
});

test('a controller tells of a step only while it holds', () => {
  const controller = new PauseController();
  let steps = 0;
  controller.addEventListener('step', () => steps++);
  controller.step();
  controller.pause();
  controller.step();
  controller.step();
  controller.resume();
  controller.step();
  assert.equal(steps, 2);
});
