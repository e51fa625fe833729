import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formatSeeds, parseSeeds } from '../../js/comparison/settings.js';
import { formatLink, parseLink } from '../../js/link.js';

/** The default comparison, as exact.md writes it. */
const DEFAULT =
  'v=1&network=intended&variants=article,article-scaled&p=0.5&epochs=2&seeds=1-5&batch=64' +
  '&optimizer=adam&learning-rate=0.001&train-size=60000&numerics=strict';

test('what is left out of a link has its default', () => {
  assert.deepEqual(parseLink('#v=1'), {
    variants: ['article', 'article-scaled'],
    network: 'intended',
    p: 0.5,
    epochs: 2,
    seeds: [1, 2, 3, 4, 5],
    batchSize: 64,
    optimizer: { name: 'adam', learningRate: 0.001 },
    numerics: 'strict',
  });
  assert.equal(formatLink(parseLink('v=1')), DEFAULT);
  assert.equal(formatLink(parseLink(DEFAULT)), DEFAULT);
});

test('a link is an address with a fragment, or the fragment alone', () => {
  const settings = parseLink(DEFAULT);
  for (const before of ['#', 'http://localhost:8080/#', 'https://example.org/a/?q=1#']) {
    assert.deepEqual(parseLink(before + DEFAULT), settings);
  }
});

test('every setting survives the way through a link', () => {
  const settings = {
    variants: ['none', 'standard', 'dropconnect'],
    network: 'relu',
    p: 1e-7,
    epochs: 40,
    seeds: [0, 7, 8, 9, 2 ** 53 - 1],
    batchSize: 128,
    optimizer: { name: 'sgd', learningRate: 0.05 },
    trainSize: 1000,
    numerics: 'strict',
  };
  const link = formatLink(settings);
  assert.deepEqual(parseLink(link), settings);
  assert.match(link, /seeds=0,7-9,9007199254740991/);
  assert.deepEqual(parseLink(encodeURI(link)), settings);
});

test('grids, schedules and the like survive too, and are left out where they are not given', () => {
  const link =
    'v=1&network=srivastava&variants=standard,unscaled&p=0.2,0.5&epochs=40&seeds=1&batch=128' +
    '&optimizer=sgd&learning-rate=0.01,0.02&schedule=cosine&momentum=0.95&weight-decay=0.0001' +
    '&max-norm=3&train-size=1000&numerics=strict&baseline=unscaled%20p%200.2%20rate%200.02';
  const settings = parseLink(link);
  assert.equal(formatLink(settings), link);
  assert.deepEqual(settings, {
    variants: ['standard', 'unscaled'],
    network: 'srivastava',
    p: [0.2, 0.5],
    epochs: 40,
    seeds: [1],
    batchSize: 128,
    optimizer: { name: 'sgd' },
    learningRates: [0.01, 0.02],
    schedule: 'cosine',
    momentum: 0.95,
    weightDecay: 0.0001,
    maxNorm: 3,
    trainSize: 1000,
    numerics: 'strict',
    baseline: 'unscaled p 0.2 rate 0.02',
  });
});

test('a link without v is one of version 1', () => {
  assert.deepEqual(parseLink('#network=relu'), parseLink('#v=1&network=relu'));
});

test("sgd's rate is 0.1 on the networks with ReLU, else 0.01", () => {
  const rate = (link) => parseLink(link).optimizer.learningRate;
  assert.equal(rate('v=1&optimizer=sgd'), 0.01);
  assert.equal(rate('v=1&optimizer=sgd&network=printed'), 0.01);
  assert.equal(rate('v=1&optimizer=sgd&network=relu'), 0.1);
  assert.equal(rate('v=1&optimizer=sgd&network=relu&learning-rate=0.3'), 0.3);
});

test('unknown keys, repeated keys, other versions and impossible values are errors', () => {
  const cases = [
    ['v=1&epoch=2', TypeError, /"epoch"/],
    ['v=1&workers=2', TypeError, /"workers"/],
    ['v=1&__proto__=2', TypeError, /"__proto__"/],
    ['v=1&p=0.1&p=0.2', TypeError, /"p" twice/],
    ['v=2', RangeError, /v must be 1, got "2"/],
    ['', TypeError, /#v=1/],
    ['http://localhost:8080/', TypeError, /#v=1/],
    ['v=1&p=1.5', RangeError, /p .*1\.5/],
    ['v=1&p=', TypeError, /p .*""/],
    ['v=1&p=0x1', TypeError, /p .*"0x1"/],
    ['v=1&p=NaN', TypeError, /p .*"NaN"/],
    ['v=1&epochs=1.5', RangeError, /epochs/],
    ['v=1&epochs=1e400', RangeError, /epochs.*Infinity/],
    ['v=1&variants=', RangeError, /variants/],
    ['v=1&variants=article,article', RangeError, /repetition/],
    ['v=1&variants=toString', RangeError, /"toString"/],
    ['v=1&numerics=exact', RangeError, /'strict'/],
    ['v=1&learning-rate=-1', RangeError, /learning-rate/],
    ['v=1&seeds=', TypeError, /seeds/],
    ['v=1&preset=relu', TypeError, /"preset"/],
    ['v=1&p=0.1,0.1', RangeError, /p .*repetition/],
    ['v=1&learning-rate=0.1,-1', RangeError, /learning-rate .*-1/],
    ['v=1&schedule=step', RangeError, /schedule .*"step"/],
    ['v=1&momentum=0.9', RangeError, /momentum has no effect with 'adam'/],
    ['v=1&momentum=2&optimizer=sgd', RangeError, /momentum .*got 2/],
    ['v=1&weight-decay=-1', RangeError, /weight-decay .*-1/],
    ['v=1&max-norm=0', RangeError, /max-norm .*got 0/],
    ['v=1&maxNorm=3', TypeError, /"maxNorm"/],
    ['v=1&baseline=standard', RangeError, /baseline must be .*"standard"/],
  ];
  for (const [link, constructor, message] of cases) {
    assert.throws(
      () => parseLink(link),
      (error) => error.constructor === constructor && message.test(error.message),
      link,
    );
  }
});

test('seeds are ranges and single numbers; a range too long is refused before it is listed', () => {
  assert.deepEqual(parseSeeds('1-3,10,0', 'seeds'), [1, 2, 3, 10, 0]);
  assert.equal(formatSeeds([1, 2, 3, 10, 0]), '1-3,10,0');
  for (const text of [
    '5-1',
    '1-3,2',
    '1-9007199254740991',
    '9007199254740993',
    '-1',
    '1-',
    '1,,2',
  ]) {
    assert.throws(() => parseSeeds(text, 'seeds'), /seeds/, text);
  }
});
