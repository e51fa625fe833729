/** A comparison killed at random and started again ends with the lines of one never killed. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { parseLines, run, runKilled, writeImages } from './support-cli.js';
import { generator } from './support-random.js';

const KILLS = 4;
/** A new one each time; KILL_SEED=n repeats a run that failed. */
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1e6);

let directory;
let words;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kill-'));
  const data = join(directory, 'data');
  await writeImages(data, generator(1), { train: 1000, test: 100 });
  words = ['compare', '--data', data, '--epochs', '1', '--batch', '16', '--workers', '2'];
});
after(() => rm(directory, { recursive: true }));

/** Lines in an order of their own, without times. @param {string} file */
async function linesOf(file) {
  const lines = parseLines(await readFile(file, 'utf8'));
  return lines
    .map(({ secondsPerEpoch, history, ...line }) => {
      assert.ok(secondsPerEpoch > 0);
      const epochs = history.epochs.map(({ seconds, samplesPerSecond, ...epoch }) => {
        assert.ok(seconds > 0 && samplesPerSecond > 0);
        return epoch;
      });
      return JSON.stringify({ ...line, history: { ...history, epochs } });
    })
    .sort();
}

/** Settles once the file has a whole line. @param {string} file in `directory` */
async function firstLine(file) {
  for await (const _ of watch(directory, { persistent: false })) {
    if ((await readFile(file, 'utf8').catch(() => '')).includes('\n')) return;
  }
}

test(`killed after its first line and at ${KILLS} random moments, it has the lines of one never killed`, async (t) => {
  const seeds = ['--seeds', '1-6'];
  const whole = join(directory, 'whole.jsonl');
  const started = performance.now();
  const first = await run(...words, ...seeds, '--json', whole);
  const took = performance.now() - started;
  assert.equal(first.status, 0, first.stderr);
  const killed = join(directory, 'killed.jsonl');
  const random = generator(SEED);
  const moments = [];
  // Runs to come are many: this one does hit.
  let hits = Number(await runKilled(firstLine(killed), ...words, ...seeds, '--json', killed));
  for (let i = 0; i < KILLS; i++) {
    // Shares that add up to less than the whole: some come before the first run, most within one.
    moments.push(Math.round((0.08 + 0.2 * random()) * took));
    if (await runKilled(setTimeout(moments[i]), ...words, ...seeds, '--json', killed)) hits++;
  }
  const what = `KILL_SEED=${SEED}: ${hits} killed, after the first line and ${moments.join(', ')} ms of ${Math.round(took)}`;
  t.diagnostic(what);
  assert.ok(hits > 0, what);
  const last = await run(...words, ...seeds, '--json', killed);
  assert.equal(last.status, 0, `${what}: ${last.stderr}`);
  assert.equal(last.stdout, first.stdout, what);
  assert.deepEqual(await linesOf(killed), await linesOf(whole), what);
});

test('two ranges of seeds, one after the other, are the range of both', async () => {
  const files = [];
  for (const seeds of ['1-2', '3-4', '1-4']) {
    files.push(join(directory, `${seeds}.jsonl`));
    const { status, stderr } = await run(...words, '--seeds', seeds, '--json', files.at(-1));
    assert.equal(status, 0, stderr);
  }
  const [low, high, both] = files;
  await writeFile(low, Buffer.concat([await readFile(low), await readFile(high)]));
  assert.deepEqual(await linesOf(low), await linesOf(both));
  const tables = await Promise.all(
    [low, both].map((file) => run(...words, '--seeds', '1-4', '--json', file)),
  );
  for (const { stderr } of tables) assert.match(stderr, /8 of 8 runs were in/);
  assert.equal(tables[0].stdout, tables[1].stdout);
});

test('a line cut off in the middle is said to be, and its run is done again', async () => {
  const seeds = ['--seeds', '1-2'];
  const file = join(directory, 'torn.jsonl');
  await run(...words, ...seeds, '--json', file);
  const expected = await linesOf(file);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.slice(0, -200));
  const { status, stderr } = await run(...words, ...seeds, '--json', file);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^the last line of .*torn\.jsonl was cut off .*\n3 of 4 runs were in/);
  assert.deepEqual(await linesOf(file), expected);
});
