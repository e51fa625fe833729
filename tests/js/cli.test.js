import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { VERSION } from '../../js/version.js';
import { parseLines as parse, run, writeImages } from './support-cli.js';
import { generator } from './support-random.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const QUICK = ['--train-size', '320', '--epochs', '1', '--seeds', '1-2'];

let directory;
let file;
let first;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cli-'));
  file = join(directory, 'runs.jsonl');
  first = await run('compare', ...QUICK, '--json', file);
});
after(() => rm(directory, { recursive: true }));

test('compare prints a table to stdout, nothing to a stderr that is no terminal, and exits with 0', () => {
  assert.equal(first.status, 0, first.stderr);
  assert.equal(first.stderr, '');
  assert.match(first.stdout, /^npx dropout-wasm run '#v=1&network=\S+&seeds=1-2\S*'$/m);
  assert.match(first.stdout, /2 seeds/);
  assert.match(first.stdout, /^article-scaled +\d\.\d+ ± \d/m);
  assert.match(first.stdout, /^Minus article, seed by seed$/m);
  assert.match(first.stdout, /^article-scaled +accuracy +(no difference shown: )?[+−]?\d/m);
});

test('--json has a line a run with the keys of the contract', async () => {
  const lines = parse(await readFile(file, 'utf8'));
  assert.equal(lines.length, 4);
  const keys =
    'spec options engine version variant network p seed epochs batch optimizer learningRate' +
    ' trainSize numerics accuracy macroF1 loss ece brier secondsPerEpoch weightsHash';
  for (const line of lines) {
    for (const key of keys.split(' ')) assert.notEqual(line[key] ?? null, null, key);
    assert.match(line.weightsHash, /^[0-9a-f]{64}$/);
    assert.equal(line.trainSize, 320);
  }
});

test('runs in the file are not run again: the file stays, and so does the table', async () => {
  const before = await readFile(file, 'utf8');
  const again = await run('compare', ...QUICK, '--json', file);
  assert.equal(await readFile(file, 'utf8'), before);
  assert.equal(again.stdout, first.stdout);
});

test('a comparison killed while it wrote a line goes on where it was', async () => {
  const whole = await readFile(file, 'utf8');
  const lines = whole.split('\n');
  const torn = join(directory, 'torn.jsonl');
  await writeFile(torn, `${lines[0]}\n${lines[1].slice(0, 100)}`);
  const again = await run('compare', ...QUICK, '--json', torn);
  assert.equal(again.stdout, first.stdout);
  const hashes = (text) =>
    parse(text)
      .map(({ weightsHash }) => weightsHash)
      .sort();
  assert.deepEqual(hashes(await readFile(torn, 'utf8')), hashes(whole));
});

test('a seed range is a shard, and cat merges', async () => {
  const merged = join(directory, 'merged.jsonl');
  for (const seed of ['1', '2']) {
    const shard = join(directory, `shard-${seed}.jsonl`);
    const words = ['--train-size', '320', '--epochs', '1', '--seeds', seed];
    assert.equal((await run('compare', ...words, '--json', shard)).status, 0);
    await appendFile(merged, await readFile(shard));
  }
  const before = await readFile(merged, 'utf8');
  const { stdout } = await run('compare', ...QUICK, '--json', merged);
  assert.equal(await readFile(merged, 'utf8'), before);
  assert.equal(stdout, first.stdout);
});

test('--json - puts lines on stdout and the table on stderr', async () => {
  const { status, stdout, stderr } = await run('compare', ...QUICK, '--json', '-');
  assert.equal(status, 0);
  const hashes = (lines) => lines.map(({ weightsHash }) => weightsHash).sort();
  assert.deepEqual(hashes(parse(stdout)), hashes(parse(await readFile(file, 'utf8'))));
  assert.equal(stderr, first.stdout);
});

test('run prints the table and the weights hash of every run', async () => {
  const link = 'http://localhost:8080/#v=1&train-size=320&epochs=1&seeds=1-2';
  const { status, stdout } = await run('run', link, '--json', file);
  assert.equal(status, 0);
  assert.ok(stdout.startsWith(first.stdout));
  for (const { variant, seed, weightsHash } of parse(await readFile(file, 'utf8'))) {
    assert.match(stdout, new RegExp(`^${variant} +${seed} .*${weightsHash}$`, 'm'));
  }
});

test('wrong usage is one line with a hint, and status 2', async () => {
  for (const words of [
    [],
    ['compare', '--p', '2'],
    ['compare', '--p', '-0.1'],
    ['compare', '--p', '0.1', '--p', '0.1'],
    ['compare', '--preset', 'nonsense'],
    ['compare', '--nonsense'],
    ['compare', '--train-size', '60001'],
    ['run', 'v=1&nonsense=1'],
  ]) {
    const { status, stdout, stderr } = await run(...words);
    assert.equal(status, 2, words.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, /^dropout-wasm: [^\n]+--help[^\n]+\n$/);
  }
});

test('a grid is a row a cell, each with its difference in words', async () => {
  const data = join(directory, 'small');
  await writeImages(data, generator(2), { train: 64, test: 50 });
  const words = ['compare', '--data', data, '--seeds', '1-2', '--epochs', '1'];
  const { status, stdout, stderr } = await run(
    ...[...words, '--preset', 'matched-rates', '--learning-rate', '0.01,0.02'],
  );
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^Minus standard rate 0\.01, seed by seed$/m);
  for (const cell of ['standard rate 0.02', 'unscaled rate 0.01', 'unscaled rate 0.02']) {
    assert.match(stdout, new RegExp(`^${cell} +accuracy +(no difference shown: )?[+−]?\\d`, 'm'));
  }
});

test('what cannot be written or read is said before anything is trained or made', async () => {
  const file = join(directory, 'no', 'such', 'runs.jsonl');
  const unwritable = await run('compare', ...QUICK, '--json', file);
  assert.equal(unwritable.status, 1);
  assert.match(unwritable.stderr, /runs\.jsonl: cannot be written/);
  const untouched = join(directory, 'untouched.jsonl');
  for (const place of [CLI, join(directory, 'nowhere')]) {
    const { status, stderr } = await run('compare', '--data', place, '--json', untouched);
    assert.equal(status, 1);
    assert.match(stderr, /--data names a directory/);
  }
  await assert.rejects(readFile(untouched), { code: 'ENOENT' });
});

test('a failure is one line, and status 1', async () => {
  const table = join(directory, 'table.csv');
  await writeFile(table, 'a,b\n1,2\n');
  const cases = [
    ['compare', '--data', join(directory, 'nowhere')],
    ['compare', '--json', table],
    ['compare', ...QUICK, '--optimizer', 'sgd', '--learning-rate', '1e30'],
  ];
  for (const words of cases) {
    const { status, stdout, stderr } = await run(...words);
    assert.equal(status, 1, words.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, /^dropout-wasm: [^\n]+\n$/);
  }
});

test('--help and --version answer on stdout', async () => {
  const { status, stdout } = await run('--help');
  assert.equal(status, 0);
  assert.match(stdout, /dropout-wasm compare/);
  assert.equal((await run('--version')).stdout, `${VERSION}\n`);
});

test('Ctrl-C ends a comparison with 130 and keeps the lines of finished runs', async () => {
  const words = ['compare', '--train-size', '320', '--epochs', '1', '--seeds', '1-2000'];
  const child = spawn(process.execPath, [CLI, ...words, '--json', '-', '--workers', '1']);
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
    if (text.includes('\n')) child.kill('SIGINT');
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(status, 130);
  assert.ok(parse(text).length >= 1, 'whole lines only');
});

test('a reader that closes the pipe ends the comparison', async () => {
  const words = ['compare', '--train-size', '320', '--epochs', '1', '--seeds', '1-2000'];
  const child = spawn(process.execPath, [CLI, ...words, '--json', '-', '--workers', '1']);
  child.stdout.once('data', () => child.stdout.destroy());
  assert.equal(await new Promise((resolve) => child.on('close', resolve)), 1);
});
