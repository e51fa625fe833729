import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

import { checkDataset, checkFinite, firstRows } from '../../js/dataset.js';

const dataset = (more = {}) => ({
  images: new Uint8Array([0, 1, 2, 3, 4, 5]),
  labels: new Uint8Array([0, 2, 1]),
  samples: 3,
  features: 2,
  classes: 3,
  ...more,
});

test('a data set of bytes or floats is accepted, and is what it was then', () => {
  for (const images of [new Uint8Array(6), new Float32Array(6)]) {
    const data = dataset({ images, labels: new Uint16Array([0, 2, 1]) });
    const checked = checkDataset({ ...data, extra: 'of the caller' });
    assert.deepEqual(checked, data);
    assert.equal(checked.images, images);
    data.samples = 4;
    assert.equal(checked.samples, 3);
  }
});

test('arrays of another realm and views of Node are arrays all the same', () => {
  const images = runInNewContext('new Uint8Array(6)');
  assert.ok(checkDataset(dataset({ images, labels: Buffer.from([0, 1, 2]) })));
});

test('what would train on nonsense is an error that names the place and the value', () => {
  const cases = [
    [{ images: [0, 1, 2, 3, 4, 5] }, TypeError, /train\.images/],
    [{ images: new Float64Array(6) }, TypeError, /train\.images.*Float64Array\(6\)/],
    [{ images: new Uint8Array(5) }, RangeError, /images\.length.*3 \* 2.*got 5/],
    [{ labels: new Int8Array(3) }, TypeError, /train\.labels/],
    [{ labels: new Uint8Array(2) }, RangeError, /labels\.length.*\(3\), got 2/],
    [
      { labels: new Uint8Array([0, 3, 1]) },
      RangeError,
      /labels\[1\] must be below classes \(3\), got 3/,
    ],
    [{ samples: 0, images: new Uint8Array(0), labels: new Uint8Array(0) }, RangeError, /samples/],
    [{ samples: '3' }, TypeError, /samples.*"3"/],
    [{ features: 1.5 }, RangeError, /features/],
    [{ classes: undefined }, TypeError, /classes/],
  ];
  for (const [more, constructor, message] of cases) {
    assert.throws(
      () => checkDataset(dataset(more), 'train'),
      (error) => error.constructor === constructor && message.test(error.message),
      String(message),
    );
  }
  for (const wrong of [undefined, null, 'mnist']) {
    assert.throws(() => checkDataset(wrong, 'validation'), /validation must be a Dataset/);
  }
});

test('NaN and infinities among floats are errors with their place', () => {
  assert.throws(() => checkFinite(new Float32Array([0, NaN]), 'images'), /images\[1\].*NaN/);
  const values = new Float32Array([0, 0, -Infinity]);
  assert.throws(() => checkFinite(values, 'images', 10), /images\[12\].*-Infinity/);
  assert.doesNotThrow(() => checkFinite(new Float32Array([-1, 3.4e38]), 'images'));
});

test('the first rows share memory with the whole', () => {
  const data = dataset();
  const rows = firstRows(data, 2);
  assert.deepEqual(
    { ...rows, images: [...rows.images], labels: [...rows.labels] },
    {
      images: [0, 1, 2, 3],
      labels: [0, 2],
      samples: 2,
      features: 2,
      classes: 3,
    },
  );
  assert.equal(rows.images.buffer, data.images.buffer);
  assert.throws(() => firstRows(data, 4), RangeError);
});
