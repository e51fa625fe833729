/** What a reader takes home works elsewhere: the runs go on in a terminal, the model in Python. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { loadMnist, loadModel } from '../../dist/index.js';
import { exportOnnx } from '../../dist/onnx.js';
import { watchDownloads } from './downloads.js';
import { PageDriver } from './page-driver.js';
import { openSite } from './site.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
/** Has `safetensors.torch`, which Debian lacks. */
const STAND_IN = fileURLToPath(new URL('../fixtures/stand_in', import.meta.url));
/** Debian's own Python: another one does not see Debian's packages. */
const PYTHON = '/usr/bin/python3';
/** Variants with every kind of line: an evaluation's factor, an activation, weights dropped, none. */
const VARIANTS = ['test-scaled', 'alpha', 'dropconnect', 'none'];
const LINK = `#v=1&network=relu&p=0.25&train-size=640&epochs=1&seeds=1&variants=${VARIANTS}`;
const ROWS = 200;
/** Between float32 sums in other orders; of the greatest absolute logit. */
const TOLERANCE = 1e-5;
const run = promisify(execFile);

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** @type {PageDriver} */
let reader;
/** @type {Awaited<ReturnType<typeof watchDownloads>>} */
let downloads;
/** @type {Uint8Array} */
let images;

before(async () => {
  site = await openSite();
  downloads = await watchDownloads(site.browser);
  reader = await PageDriver.open(site.browser, `${site.address}page/`, LINK);
  images = (await loadMnist()).test.images.subarray(0, ROWS * 784);
  await reader.play();
  await reader.phase('done');
});

after(async () => {
  await downloads?.close();
  await site?.close();
});

/** The newest finished run stands first. @param {string} variant */
async function chooseRun(variant) {
  const address = await reader.page.$$eval(
    '#take-run option',
    (options, name) =>
      options.map((option) => option.value).find((one) => one.includes(`variants=${name}&`)),
    variant,
  );
  await reader.page.select('#take-run', address ?? '');
}

/** @param {string} selector */
const download = (selector) => downloads.next(() => reader.page.click(selector));

test('the command line goes on from the JSON lines, and runs nothing again', async () => {
  const file = await download('#take-runs');
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  assert.equal(lines.length, VARIANTS.length);
  const words = '--network relu --p 0.25 --train-size 640 --epochs 1 --seeds 1 --json'.split(' ');
  const { stderr } = await run(process.execPath, [
    CLI,
    'compare',
    ...words,
    file,
    '--variants',
    `${VARIANTS}`,
  ]);
  assert.match(stderr, /4 of 4 runs were in .* already/);
});

for (const variant of VARIANTS) {
  test(`${variant}: the downloaded model is the one of the list, and Python's lines load it`, async (t) => {
    await chooseRun(variant);
    await reader.choose('take-safetensors');
    const file = await download('#take-model');
    const model = await loadModel(new Uint8Array(await readFile(file)), { worker: false });
    t.after(() => model.dispose());
    const hashes = await reader.texts('#run-list code');
    const hash = await model.hash();
    assert.ok(hashes.includes(hash));
    assert.ok((await reader.text('#take-run option:checked')).endsWith(hash.slice(0, 8)));

    const folder = dirname(file);
    await writeFile(`${folder}/images`, images);
    const script = `${await reader.text('#take-python')}
import numpy, torch
x = torch.from_numpy(numpy.fromfile("images", numpy.uint8).reshape(-1, 784) / numpy.float32(255))
network(x).numpy().tofile("logits")
`;
    await writeFile(`${folder}/lines.py`, script);
    const env = { ...process.env, PYTHONPATH: STAND_IN, PYTHONDONTWRITEBYTECODE: '1' };
    await run(PYTHON, ['lines.py'], { cwd: folder, env });
    const logits = new Float32Array(new Uint8Array(await readFile(`${folder}/logits`)).buffer);
    const { layers } = await model.spec();
    const expected = await model.activations(images, { layer: layers.length - 1 });
    assert.equal(logits.length, expected.length);
    const greatest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const difference = logits.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - expected[i])),
      0,
    );
    t.diagnostic(`logits differ by ${difference} at most, of ${greatest}`);
    assert.ok(difference <= TOLERANCE * greatest);
  });
}

test('as ONNX it is the file that the package exports, with the names in Python’s lines', async () => {
  await chooseRun('test-scaled');
  await reader.choose('take-safetensors');
  const saved = await download('#take-model');
  await reader.choose('take-onnx');
  const bytes = await readFile(await download('#take-model'));
  const model = await loadModel(new Uint8Array(await readFile(saved)), { worker: false });
  const expected = await exportOnnx(model);
  await model.dispose();
  assert.deepEqual(new Uint8Array(bytes), new Uint8Array(expected));
  const lines = await reader.text('#take-python');
  assert.match(lines, /logits, probabilities = session\.run\(None, \{"images": x\}\)/);
  for (const name of ['images', 'logits', 'probabilities']) assert.ok(bytes.includes(name), name);
});

test('a button that copies says for a moment that it has', async () => {
  await reader.page
    .browserContext()
    .overridePermissions(new URL(site.address).origin, [
      'clipboard-read',
      'clipboard-sanitized-write',
    ]);
  const button = '[data-copy="#take-command"]';
  await reader.page.bringToFront();
  await reader.click(button);
  await reader.shows(button, 'Copied');
  await reader.shows('#live', 'Copied');
  const copied = await reader.page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await reader.text('#take-command'));
  await reader.page.waitForFunction(
    (selector) => document.querySelector(selector)?.textContent === 'Copy',
    {},
    button,
  );
});

test('at 390 px nothing is wider than the page, and nothing was complained of', async () => {
  await reader.page.setViewport({ width: 390, height: 844 });
  await reader.frames(5);
  const over = await reader.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${over} px too wide`);
  assert.deepEqual(reader.complaints, []);
});
