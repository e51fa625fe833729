/** What the story says of masks: every figure answers a tap and a key, with the package’s numbers. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createModel, dense, dropout, dropoutMask, loadMnist, variants } from '../../dist/index.js';
import { formatNumber } from '../../js/report.js';
import { withPage } from './sections.js';
import { openSite } from './site.js';
import { cells, mean, reveal } from './story.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;

before(async () => {
  site = await openSite();
});

after(async () => {
  await site?.close();
});

test('step 1 draws the package’s masks on a tap or a key, and their mean', () =>
  withPage(site, '', async (reader) => {
    const figure = '#mask-matrices [data-rule';
    const shown = async (/** @type {string} */ rule) =>
      (await reader.texts(`${figure}="${rule}"] .cell`)).map(Number);
    const masked = async (/** @type {string} */ mask, /** @type {number} */ step, p = 0.5) => {
      const seed = mask === 'batch' ? 1 : 27;
      const drawn = await dropoutMask(p, [2, 3], { mask, seed, step });
      return [1, 2, 3, 4, 5, 6].map((value, i) => value * drawn[i]);
    };
    await reader.click('#mask-matrices button');
    await reader.shows('#mask-figure-words', '1 mask drawn');
    for (const rule of ['batch', 'element']) {
      assert.deepEqual(await shown(rule), await masked(rule, 0));
    }
    await reader.page.keyboard.press('Enter');
    await reader.shows('#mask-figure-words', '2 masks drawn');
    for (const rule of ['batch', 'element']) {
      assert.deepEqual(await shown(rule), await masked(rule, 1));
    }

    await reveal(reader, 'mask');
    const means = await reader.texts('#mask-matrices .means span');
    const drawn = [];
    for (let step = 0; step < 502; step++) {
      drawn.push([...(await masked('batch', step)), ...(await masked('element', step))]);
    }
    const expected = drawn[0].map((_, i) => formatNumber(mean(drawn.map((row) => row[i]))));
    assert.deepEqual(means, expected);

    await reader.type('mask-p', '0.9');
    await reader.shows('#mask-figure-words', 'p = 0.9');
    assert.deepEqual(await shown('element'), await masked('element', 502, 0.9));
    await reader.type('mask-p', '1.5');
    assert.match(await reader.text('#mask-p-fault'), /1\.5/);
  }));

test('step 2 shares one row among the batch, or draws each: the shares are the package’s', () =>
  withPage(site, '', async (reader) => {
    await reader.page.waitForSelector('#batch-figure .behind', { hidden: true });
    await reveal(reader, 'batch');
    await reader.page.waitForSelector('#batch-figure .behind', { visible: true });
    for (const step of [0, 1]) {
      if (step > 0) {
        await reader.page.focus('#batch-next');
        await reader.page.keyboard.press('Enter');
        await reader.shows('#batch-words', `Training step ${step + 1},`);
      }
      const table = await cells(reader, '#batch-table');
      assert.equal(table.length, 48);
      for (const [column, mask] of ['batch', 'element'].entries()) {
        const drawn = await dropoutMask(0.5, [32, 48], { mask, seed: 1, step });
        const shares = Array.from({ length: 48 }, (_, unit) =>
          mean(Array.from({ length: 32 }, (_, row) => drawn[row * 48 + unit])),
        );
        assert.deepEqual(
          table.map((row) => row[column + 1]),
          shares.map(formatNumber),
        );
        const whole = shares.every((share) => share === 0 || share === 1);
        assert.equal(whole, mask === 'batch');
      }
      // What is drawn, too: in every column of the first picture the same cells.
      const columns = await reader.page.$eval('#batch-grids path:nth-of-type(2)', (path) =>
        (path.getAttribute('d') ?? '').match(/M[\d.]+/g),
      );
      const counts = new Map();
      for (const x of columns ?? []) counts.set(x, (counts.get(x) ?? 0) + 1);
      assert.ok([...counts.values()].every((count) => count === 32));
    }
  }));

test('step 3: the mean over masks is keep times evaluation, or equal with the factor', (t) =>
  withPage(site, '', async (reader) => {
    const slope = async () => Number((await reader.text('#cloud-words')).match(/slope (\S+)/)?.[1]);
    await reveal(reader, 'expected');
    const first = await slope();
    assert.ok(Math.abs(first - 0.5) < 0.01, `slope ${first}`);
    const { test: images } = await loadMnist();
    const model = await createModel({ ...variants.unscaled('intended', 0.5), seed: 1 });
    const moments = await model.moments(images.images.subarray(0, 16 * 784), { layer: 2 });
    await model.dispose();
    assert.equal(first, Number(formatNumber(moments.slope)));
    assert.ok((await reader.pixels('#cloud-chart', '--c-ink')) > 20, 'no line is drawn');

    await reader.type('cloud-p', '0.2');
    await reader.shows('#cloud-table', '0.2');
    const second = await slope();
    assert.ok(Math.abs(second - 0.8) < 0.01, `slope ${second}`);
    for (const variant of ['standard', 'test-scaled']) {
      await reader.choose(`cloud-${variant}`);
      await reader.shows('#cloud-words', variant);
      await reader.shows('#cloud-table', variant);
      assert.ok(Math.abs((await slope()) - 1) < 0.01, variant);
    }
    t.diagnostic(`slope ${first} at p 0.5, ${second} at p 0.2, unscaled`);
  }));

test('step 5 has the ratio of every rule at any p, and asks the package about 1 and NaN', () =>
  withPage(site, '', async (reader) => {
    const ratios = async () => (await cells(reader, '#rule-table')).map((row) => row[3]);
    assert.deepEqual(await ratios(), ['?', '?', '?', '?']);
    await reveal(reader, 'rule');
    assert.deepEqual(await ratios(), ['1', '1', '2', '4']);
    await reader.type('rule-p', '0.8');
    assert.deepEqual(await ratios(), ['1', '1', '5', '25']);
    await reader.type('rule-p', '1');
    assert.deepEqual(await ratios(), ['none: 0 / 0', 'none: 0 / 0', '∞', '∞']);
    await reader.click('#ends-try');
    await reader.shows('#ends', 'RangeError');
    const [one, nan] = await cells(reader, '#ends');
    assert.equal(one[2], 'the mask 0 0 0 0 0 0');
    assert.match(nan[2], /NaN/);
  }));

test('step 6: Dropout silences units, DropConnect none, with the package’s masks', () =>
  withPage(site, '', async (reader) => {
    await reveal(reader, 'connect');
    const layers = [dense(12), dropout(0.5, { mask: 'batch' })];
    const units = await createModel({ input: 16, layers, seed: 1 });
    const connected = [dense(12, { dropConnect: 0.5 })];
    const weights = await createModel({ input: 16, layers: connected, seed: 1 });
    for (const step of [0, 1]) {
      if (step > 0) {
        await reader.click('#connect-next');
        await reader.shows('#connect-words', `Training step ${step + 1},`);
      }
      const kept = await units.mask(1, { step });
      const single = await weights.mask(0, { step });
      const expected = Array.from(kept, (one, unit) => [
        String(unit + 1),
        String(16 * one),
        String(single.subarray(16 * unit, 16 * (unit + 1)).reduce((sum, k) => sum + k, 0)),
      ]);
      assert.deepEqual(await cells(reader, '#connect-table'), expected);
      const silent = kept.filter((one) => one === 0).length;
      const below = await reader.texts('#connect-grids .grid-below');
      assert.match(below[0], new RegExp(`^${silent} units? of 12 silent`));
      assert.match(below[1], /^0 units of 12 silent/);
    }
    await units.dispose();
    await weights.dispose();
  }));
