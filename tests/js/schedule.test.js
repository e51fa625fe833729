import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SCHEDULES, scheduleRates } from '../../js/comparison/schedule.js';

/** @param {number[]} actual @param {number[]} expected */
const near = (actual, expected) => {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]) <= 1e-16, `${actual} is not ${expected}`),
  );
};

test('constant stays, linear falls by equal steps, cosine by half a wave', () => {
  assert.deepEqual(SCHEDULES, ['constant', 'linear', 'cosine']);
  assert.deepEqual(scheduleRates(0.1, 'constant', 3), [0.1, 0.1, 0.1]);
  near(scheduleRates(0.1, 'linear', 4), [0.1, 0.075, 0.05, 0.025]);
  // cos 0, 60, 120 degrees; and 0, 45, 90, 135.
  near(scheduleRates(0.1, 'cosine', 3), [0.1, 0.075, 0.025]);
  const half = Math.SQRT1_2 / 2;
  near(scheduleRates(0.1, 'cosine', 4), [0.1, 0.1 * (0.5 + half), 0.05, 0.1 * (0.5 - half)]);
});

test("cosine is (1 + cos(pi e / epochs)) / 2 to a double's last bits, for any number of epochs", () => {
  for (const epochs of [1, 2, 7, 40, 1000]) {
    const expected = Array.from(
      { length: epochs },
      (_, e) => (0.1 * (1 + Math.cos((Math.PI * e) / epochs))) / 2,
    );
    near(scheduleRates(0.1, 'cosine', epochs), expected);
  }
});

test('the first rate is the one given, to the bit', () => {
  for (const schedule of SCHEDULES) {
    for (const rate of [0, 1e-7, 0.001, 1 / 3]) {
      assert.equal(scheduleRates(rate, schedule, 40)[0], rate);
    }
  }
});
