/**
 * The checks of the C core in every build of it: gcc, clang, clang with sanitizers, gcc with fused
 * multiply-adds, and the object files of both WebAssembly modules.
 */

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { compile, program } from './support-programs.js';

const BUILDS = ['gcc', 'clang', 'sanitized', 'fused', 'simd.wasm', 'relaxed.wasm'];

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
  const { status, stdout, stderr } = await compile();
  assert.equal(status, 0, stdout + stderr);
});

for (const build of BUILDS) {
  test(`the C core built as ${build} keeps its promises`, async (t) => {
    const { status, stdout, stderr } = await program(build, 'check');
    const { checks, planned } = parseTap(stdout);
    for (const { promise, kept, details } of checks) {
      await t.test(promise, () => assert.ok(kept, `\n${details}`));
    }
    assert.ok(checks.length > 0, stderr);
    assert.equal(planned, checks.length, `the checks ended early: ${stderr}`);
    assert.equal(status, Number(checks.some(({ kept }) => !kept)));
  });
}
