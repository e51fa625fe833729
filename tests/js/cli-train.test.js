/** train and evaluate on the command line: a run of a comparison whose model is kept, and read again. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { createModel, dense, loadModel, variants } from '../../dist/index.js';
import { parseLines, run, writeImages } from './support-cli.js';
import { generator } from './support-random.js';
import { HERE } from './support-models.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

let directory;
let data;
let words;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'train-'));
  data = join(directory, 'data');
  await writeImages(data, generator(3), { train: 400, test: 150 });
  words = ['--data', data, '--network', 'relu', '--epochs', '2', '--batch', '32'];
});
after(() => rm(directory, { recursive: true }));

/** The lines of a report. */
const figures = (stdout) => /^Test set[^]+SHA-256 of the weights [0-9a-f]{64}$/m.exec(stdout)?.[0];

test('train is the run of that variant and seed in a comparison, and evaluate finds its figures again', async () => {
  const file = join(directory, 'model.safetensors');
  const trained = await run(
    'train',
    ...words,
    '--variant',
    'standard',
    '--seed',
    '7',
    '--save',
    file,
  );
  assert.equal(trained.status, 0, trained.stderr);
  assert.equal(trained.stderr, '', 'nothing to a stderr that is no terminal');
  const compared = await run(
    'compare',
    ...words,
    '--variants',
    'standard',
    '--seeds',
    '7',
    '--json',
    '-',
  );
  const [line] = parseLines(compared.stdout);
  const report = figures(trained.stdout);
  assert.match(report, /^Test set, 150 images$/m);
  assert.match(report, new RegExp(`weights ${line.weightsHash}$`));
  assert.match(report, new RegExp(`^accuracy +${line.accuracy.toFixed(4)}$`, 'm'));
  assert.match(report, new RegExp(`^NLL +${line.loss.toFixed(4)}$`, 'm'));
  assert.match(trained.stdout, new RegExp(`^saved ${file}$`, 'm'));

  const evaluated = await run('evaluate', file, '--data', data);
  assert.equal(evaluated.status, 0, evaluated.stderr);
  assert.equal(evaluated.stderr, '');
  assert.equal(figures(evaluated.stdout), report);
  assert.match(evaluated.stdout, /^\S+: 784-512-512-10, seed 7, step 26, epoch 2$/m);

  const model = await loadModel(await readFile(file), HERE);
  try {
    assert.equal(await model.hash(), line.weightsHash);
    const { layers } = variants.standard('relu', 0.5);
    assert.deepEqual(await model.spec(), { input: 784, layers, seed: 7 });
  } finally {
    await model.dispose();
  }
});

test('--json appends the line of the run, and - puts it on stdout', async () => {
  const file = join(directory, 'runs.jsonl');
  for (let i = 1; i <= 2; i++) {
    assert.equal((await run('train', ...words, '--json', file)).status, 0);
    assert.equal(parseLines(await readFile(file, 'utf8')).length, i, 'train always trains');
  }
  const { stdout, stderr } = await run('train', ...words, '--json', '-');
  const [line] = parseLines(stdout);
  assert.match(figures(stderr), new RegExp(`weights ${line.weightsHash}$`));
  const [first] = parseLines(await readFile(file, 'utf8'));
  assert.equal(first.weightsHash, line.weightsHash);
});

test('the first line that train prints is the command that repeats it', async () => {
  const few = [
    '--variant',
    'unscaled',
    '--train-size',
    '64',
    '--epochs',
    '2',
    '--schedule',
    'cosine',
  ];
  const first = await run('train', ...few, '--data', data);
  const [, again] = /^npx dropout-wasm (train .*)$/m.exec(first.stdout);
  assert.match(again, /--variant unscaled .*--seed 1 .*--schedule cosine .*--train-size 64/);
  const second = await run(...again.split(' '), '--data', data);
  assert.equal(second.status, 0, second.stderr);
  assert.equal(second.stdout, first.stdout);
});

/** Of a model, as far as anybody looks. */
const OLD = '12345678{the old one';

/** As on a terminal, whose progress tells that steps are done. */
const AS_TERMINAL = ['--import', 'data:text/javascript,process.stderr.isTTY=true'];

/** Ends a training by a signal while it computes. */
async function interrupted(signal, file) {
  const endless = ['train', '--data', data, '--epochs', '100000', '--save', file];
  const child = spawn(process.execPath, [...AS_TERMINAL, CLI, ...endless]);
  const ended = new Promise((resolve) => child.on('close', resolve));
  let text = '';
  await new Promise((resolve) => {
    child.on('close', resolve);
    child.stderr.on('data', (chunk) => {
      text += chunk;
      if (text.includes('epoch')) resolve(undefined);
    });
  });
  child.kill(signal);
  return { code: await ended, text };
}

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGKILL', null],
]) {
  test(`a run that ${signal} ends leaves the file that was there, and nothing beside it`, async () => {
    const folder = join(directory, signal);
    await mkdir(folder);
    const file = join(folder, 'model.safetensors');
    await writeFile(file, OLD);
    const { code, text } = await interrupted(signal, file);
    assert.equal(code, status, text);
    assert.equal(await readFile(file, 'utf8'), OLD);
    assert.deepEqual(await readdir(folder), ['model.safetensors']);
  });
}

test('a run that fails leaves it, too; one that ends takes its place, through a link', async () => {
  const folder = join(directory, 'replaced');
  await mkdir(folder);
  const [file, link] = ['model.safetensors', 'link'].map((name) => join(folder, name));
  await writeFile(file, OLD);
  await symlink(file, link);
  const diverging = ['--optimizer', 'sgd', '--learning-rate', '1e30'];
  const failed = await run('train', ...words, ...diverging, '--save', link);
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /^dropout-wasm: [^\n]+\n$/);
  assert.equal(failed.stdout, '');
  assert.equal(await readFile(file, 'utf8'), OLD);
  const done = await run('train', ...words, '--save', link);
  assert.equal(done.status, 0, done.stderr);
  assert.equal((await run('evaluate', file, '--data', data)).status, 0);
  assert.deepEqual((await readdir(folder)).sort(), ['link', 'model.safetensors']);
});

test('what cannot be saved is said before anything is trained', async () => {
  const nowhere = join(directory, 'no', 'such', 'model.safetensors');
  const file = join(directory, 'a file');
  await writeFile(file, '');
  const slashed = `${join(directory, 'no folder')}/`;
  const [circle, other, itself, page] = ['circle', 'other', 'itself', 'page'].map((name) =>
    join(directory, name),
  );
  await symlink('other', circle);
  await symlink('circle', other);
  await symlink('missing/../itself', itself);
  await writeFile(page, '<!doctype html>');
  const places = [nowhere, directory, '/dev/null', slashed, join(file, 'in it')];
  places.push(circle, itself, `${directory}/missing/../x`, page);
  for (const place of places) {
    // So long a run would never end.
    const { status, stdout, stderr } = await run('train', '--epochs', '100000', '--save', place);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^dropout-wasm: [^\n]+: (it is no file|cannot be written: [^\n]+)\n$/);
  }
});

test('a model and its line of JSON in one file are refused before anything is trained', async () => {
  const file = join(directory, 'both');
  const [link, early] = ['both by a link', 'a link before its file'].map((name) =>
    join(directory, name),
  );
  await symlink(directory, link);
  await symlink('both', early);
  for (const other of [file, `${directory}/./both`, join(link, 'both'), early]) {
    const { status, stderr } = await run('train', '--save', file, '--json', other);
    assert.equal(status, 2);
    assert.match(stderr, /--save and --json name the same file/);
  }
  assert.ok(!(await readdir(directory)).includes('both'));
});

test('a path goes to the system as it is: what .. means behind a link, only it knows', async () => {
  const folder = join(directory, 'dots');
  await mkdir(join(folder, 'there', 'deep'), { recursive: true });
  await symlink('there/deep', join(folder, 'sub'));
  const link = join(folder, 'link');
  await symlink('sub/../model.safetensors', link);
  const place = join(folder, 'there', 'model.safetensors');
  const { status, stderr } = await run('train', '--save', link, '--json', place);
  assert.equal(status, 2, stderr);
  assert.equal((await run('train', ...words, '--save', link)).status, 0);
  assert.ok((await stat(place)).isFile());
});

test('a model is saved where a link leads, though nothing was there', async () => {
  const folder = join(directory, 'linked');
  await mkdir(folder);
  const link = join(folder, 'link');
  await symlink('model.safetensors', link);
  assert.equal((await run('train', ...words, '--save', link)).status, 0);
  assert.equal(await readlink(link), 'model.safetensors');
  assert.deepEqual((await readdir(folder)).sort(), ['link', 'model.safetensors']);
});

test('a file that was closed to others stays so when a model takes its place', async () => {
  const file = join(directory, 'closed.safetensors');
  await writeFile(file, OLD, { mode: 0o600 });
  assert.equal((await run('train', ...words, '--save', file)).status, 0);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test('evaluate says what is wrong with a file, with its path, and status 1', async () => {
  const page = join(directory, 'page.html');
  await writeFile(page, '<!doctype html><html></html>');
  const other = join(directory, 'other.safetensors');
  const model = await createModel({ input: 3, layers: [dense(2)] }, HERE);
  await writeFile(other, await model.save());
  await model.dispose();
  const cases = [
    [join(directory, 'none.safetensors'), /none\.safetensors: cannot be read: ENOENT/],
    [directory, /cannot be read: EISDIR/],
    [page, /page\.html: expected a safetensors file, got an HTML page/],
    [
      other,
      /other\.safetensors: the model takes images of 3 values and knows 2 classes; these have 784 values and 10 classes/,
    ],
  ];
  for (const [file, message] of cases) {
    const { status, stdout, stderr } = await run('evaluate', file, '--data', data);
    assert.equal(status, 1, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^dropout-wasm: [^\n]+\n$/);
    assert.match(stderr, message);
  }
});

test('wrong usage is one line with a hint, and status 2', async () => {
  for (const wrong of [
    ['train', '--variants', 'a'],
    ['train', '--train-size', '401', '--data', data],
    ['train', '--save', '-'],
    ['evaluate'],
  ]) {
    const { status, stdout, stderr } = await run(...wrong);
    assert.equal(status, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^dropout-wasm: [^\n]+--help[^\n]+\n$/);
  }
});
