/** What the package costs besides time to train: start, size, memory, allocations. */

import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { ROOT } from '../engines.js';
import { median } from '../statistics.js';
import { newTable } from '../table.js';

/** So many that they outlast a neighbour, who is busy for half a minute at a time. */
const STARTS = 15;
const ENTRIES = ['index.js', 'worker.js'];
const CORES = ['wasm/dropout-simd.wasm', 'wasm/dropout-relaxed.wasm'];
/** As servers do. */
const GZIP = { level: 9 };

/**
 * @typedef {object} Footprint
 * @property {string} engine key
 * @property {string} name
 * @property {number} start ms from `import` to the first finished step, median
 * @property {{ calls: number, grownBytes: number, from: number, to: number }} allocations
 * @property {{ bytes: number, coreBytes: number }} [memory] in Node on Linux
 */

/** @param {import('../engines.js').Engine[]} engines @returns {Promise<Footprint[]>} */
export async function measureFootprint(engines) {
  /** @type {number[][]} */
  const starts = engines.map(() => []);
  for (let round = 0; round < STARTS; round++) {
    for (const [i, { run }] of engines.entries()) starts[i].push(await run('tasks/first-step'));
  }
  const footprints = [];
  for (const [i, { key, name, run }] of engines.entries()) {
    const isNode = key !== 'chromium';
    footprints.push({
      engine: key,
      name,
      start: median(starts[i]),
      allocations: await run('tasks/allocations'),
      ...(isNode && process.platform === 'linux' && { memory: await run('tasks/memory') }),
    });
  }
  return footprints;
}

/** @typedef {{ files: Record<string, number>, bytes: number }} Size gzip */

/** JavaScript that a page loads with what it imports, and the larger core; not what it imports later, where it
 *  needs that: data, files, comparisons, SHA-256 on plain http. @returns {Promise<Size>} */
export async function measureSize() {
  /** @type {Record<string, number>} */
  const files = {};
  const gzip = async (/** @type {string} */ file) => {
    const bytes = await readFile(`${ROOT}dist/${file}`);
    files[file] = gzipSync(bytes, GZIP).length;
    return bytes.toString('latin1');
  };
  const waiting = [...ENTRIES];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (file in files) continue;
    const text = await gzip(file);
    for (const [, name] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) {
      waiting.push(name);
    }
  }
  for (const core of CORES) await gzip(core);
  const [smaller] = [...CORES].sort((a, b) => files[a] - files[b]);
  delete files[smaller];
  return { files, bytes: Object.values(files).reduce((a, b) => a + b, 0) };
}

const MB = 1e6;

/** @param {Footprint[]} footprints @param {Size} size */
export function showFootprint(footprints, { files, bytes }) {
  const table = newTable(['', ...footprints.map(({ name }) => name)]);
  const memory = (of) => footprints.map(({ memory }) => (memory ? of(memory) : ''));
  const [{ allocations }] = footprints;
  table.push(
    [
      `import to first step, ms (median of ${STARTS})`,
      ...footprints.map((f) => f.start.toFixed(0)),
    ],
    ['peak memory above process and data, MB', ...memory((m) => (m.bytes / MB).toFixed(0))],
    ['of it parameters, state, workspace, MB', ...memory((m) => (m.coreBytes / MB).toFixed(0))],
    [
      `allocations, steps ${allocations.from + 1} to ${allocations.to}`,
      ...footprints.map(({ allocations: { calls } }) => calls),
    ],
    ['growth of wasm memory in them, bytes', ...footprints.map((f) => f.allocations.grownBytes)],
  );
  const parts = Object.entries(files).map(([name, size]) => `${name} ${size}`);
  return `${table}\ngzip: ${bytes} bytes (${parts.join(', ')})`;
}
