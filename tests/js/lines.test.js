import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { appendLine, openLines, readLines as read } from '../../js/cli/lines.js';
import { FileError } from '../../js/errors.js';

const run = (seed) => ({ spec: { input: 1, layers: [] }, variant: 'none', seed, note: 'ü' });
const text = (...seeds) => seeds.map((seed) => `${JSON.stringify(run(seed))}\n`).join('');

/** What was said of the file read last. @type {string[]} */
let said;
const readLines = (path) => {
  said = [];
  return read(path, (text) => said.push(text));
};

let directory;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lines-'));
});
after(() => rm(directory, { recursive: true }));

let count = 0;
/** @param {string} [content] */
async function file(content) {
  const path = join(directory, `${count++}.jsonl`);
  if (content !== undefined) await writeFile(path, content);
  return path;
}

test('no file is no lines, and the first line makes it', async () => {
  const path = await file();
  assert.deepEqual(await readLines(path), []);
  await appendLine(path, run(1));
  await appendLine(path, run(2));
  assert.deepEqual(await readLines(path), [run(1), run(2)]);
  assert.equal(await readFile(path, 'utf8'), text(1, 2));
});

test('a last line cut off anywhere is taken away, and the next one stands alone', async () => {
  const whole = Buffer.from(text(1, 2));
  const first = Buffer.byteLength(text(1));
  for (let length = first + 1; length < whole.length - 1; length++) {
    const path = await file(whole.subarray(0, length));
    assert.deepEqual(await readLines(path), [run(1)]);
    assert.match(said.join(), /^the last line of .*\.jsonl was cut off .* again$/);
    await appendLine(path, run(3));
    assert.equal(await readFile(path, 'utf8'), text(1, 3));
  }
});

test('the only line, cut off anywhere, is taken away', async () => {
  const whole = Buffer.from(text(1));
  for (let length = 1; length < whole.length - 1; length++) {
    const path = await file(whole.subarray(0, length));
    assert.deepEqual(await readLines(path), []);
    assert.equal(await readFile(path, 'utf8'), '');
  }
});

test('a whole last line without its newline counts', async () => {
  const path = await file(text(1, 2).trimEnd());
  assert.deepEqual(await readLines(path), [run(1), run(2)]);
  await appendLine(path, run(3));
  assert.deepEqual(await readLines(path), [run(1), run(2), run(3)]);
  assert.deepEqual(said, []);
});

test('a byte order mark before a line is none of it, also where the line is cut off', async () => {
  const path = await file(`\uFEFF${text(1)}\uFEFF${text(2)}`);
  assert.deepEqual(await readLines(path), [run(1), run(2)]);
  const torn = await file(`\uFEFF${text(1)}\uFEFF${text(2).slice(0, 20)}`);
  assert.deepEqual(await readLines(torn), [run(1)]);
  await appendLine(torn, run(3));
  assert.deepEqual(await readLines(torn), [run(1), run(3)]);
});

test('what never ends, as a device, is no file of lines', async () => {
  await assert.rejects(readLines('/dev/zero'), /\/dev\/zero: .*no file/);
});

test("somebody else's file is an error, and stays as it is", async () => {
  const contents = [
    'a,b\n1,2\n',
    'notes',
    `${text(1)}[1]\n`,
    `${text(1)}{}\n${text(2)}`,
    // Without a last newline: whole JSON was not cut off, and a beginning may be another's.
    '{"a":1}',
    '{"a":1',
    '[1,2]',
    `${text(1)}{"a":1}`,
  ];
  for (const content of contents) {
    const path = await file(content);
    await assert.rejects(readLines(path), (error) => {
      assert.ok(error instanceof FileError);
      assert.match(error.message, /line \d is not a run/);
      return true;
    });
    assert.equal(await readFile(path, 'utf8'), content);
  }
});

test('a file that cannot be read or written is an error with its name', async () => {
  await assert.rejects(readLines(directory), FileError);
  await assert.rejects(appendLine(join(directory, 'no', 'x.jsonl'), run(1)), /x\.jsonl/);
  await assert.rejects(openLines(join(directory, 'no', 'x.jsonl')), FileError);
  const path = await file(text(1));
  await openLines(path);
  assert.equal(await readFile(path, 'utf8'), text(1), 'opening changes nothing');
});
