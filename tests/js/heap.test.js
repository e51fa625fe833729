/** The core's own allocator: blocks apart from one another, given back whole, zero where promised. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const CLASSES = 50;

for (const variant of ['simd', 'relaxed']) {
  const bytes = readFileSync(new URL(`../../dist/wasm/dropout-${variant}.wasm`, import.meta.url));
  const canRun = WebAssembly.validate(bytes);
  const core = () => new WebAssembly.Instance(new WebAssembly.Module(bytes), {}).exports;

  test(`${variant}: blocks never overlap, and all memory serves again`, { skip: !canRun }, () => {
    const { dw_allocate, dw_free, dw_report_create, dw_report_destroy, dw_confusion_view, memory } =
      core();
    /** @type {{ at: number, size: number, mark: number }[]} */
    const held = [];
    let state = 1;
    const below = (n) => (state = (state * 48_271) % 2_147_483_647) % n; // Park and Miller 1988
    const fill = ({ at, size, mark }) => new Uint8Array(memory.buffer, at, size).fill(mark);
    const release = (i) => {
      const [{ at, size, mark }] = held.splice(i, 1);
      assert.ok(new Uint8Array(memory.buffer, at, size).every((byte) => byte === mark));
      dw_free(at);
    };
    const round = () => {
      for (let i = 0; i < 2000; i++) {
        if (held.length > 40 || (held.length > 0 && below(2) === 0)) release(below(held.length));
        const size = below(4) === 0 ? below(2 ** 18) : below(300);
        const at = dw_allocate(size) >>> 0;
        assert.notEqual(at, 0);
        assert.equal(at % 16, 0);
        held.push({ at, size, mark: 1 + below(255) });
        fill(held.at(-1));
        if (below(20) !== 0) continue;
        // What counts from zero begins there, also in memory that was used before.
        const report = dw_report_create(CLASSES, CLASSES);
        const confusion = dw_confusion_view(report);
        const counts = new Uint32Array(memory.buffer, confusion, CLASSES * CLASSES);
        assert.ok(counts.every((count) => count === 0));
        counts.fill(0xffffffff);
        dw_report_destroy(report);
      }
      while (held.length > 0) release(held.length - 1);
    };
    round();
    // One block as large as all that was ever held fits into what is there.
    const size = memory.buffer.byteLength;
    const all = dw_allocate(size - 2 ** 19) >>> 0;
    assert.notEqual(all, 0);
    assert.equal(memory.buffer.byteLength, size);
    dw_free(all);
  });

  test(`${variant}: what cannot be had is refused, and costs nothing`, { skip: !canRun }, () => {
    const { dw_allocate, memory } = core();
    const size = memory.buffer.byteLength;
    for (const bytes of [0xffffffff, 0xfffffff0, 0xffff0000]) {
      assert.equal(dw_allocate(bytes), 0);
    }
    assert.equal(memory.buffer.byteLength, size);
    assert.notEqual(dw_allocate(0), 0);
  });
}
