/** What the laboratory takes from a link or a value, what it refuses, and how it says so. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { compare, loadMnist } from '../../dist/index.js';
import { formatLink, parseLink } from '../../js/link.js';
import { withPage } from './sections.js';
import { openSite } from './site.js';

const SELDOM = 'optimizer=sgd&schedule=linear&momentum=0.9&weight-decay=0.01&max-norm=3';
const HASHES = '#run-list code';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;

before(async () => {
  site = await openSite();
});

after(async () => {
  await site?.close();
});

test('keeps every setting in the address, over a reload too', () =>
  withPage(site, '', async (reader) => {
    const defaults = `#${formatLink(parseLink('v=1'))}`;
    assert.equal(await reader.hash(), defaults);
    for (const id of ['network-relu', 'variants-standard', 'variants-article', 'optimizer-sgd']) {
      await reader.choose(id);
    }
    const texts = { p: '0.25', epochs: '3', batch: '32', 'train-size': '500', seeds: '2-3,7' };
    for (const [flag, text] of Object.entries(texts)) await reader.type(flag, text);
    const hash = await reader.hash();
    const settings = parseLink(hash);
    assert.equal(`#${formatLink(settings)}`, hash, 'the address leaves something out');
    assert.deepEqual(settings, {
      ...parseLink('v=1'),
      network: 'relu',
      variants: ['article-scaled', 'standard'],
      optimizer: { name: 'sgd', learningRate: 0.1 },
      p: 0.25,
      epochs: 3,
      batchSize: 32,
      trainSize: 500,
      seeds: [2, 3, 7],
    });
    await reader.page.reload();
    assert.equal(await reader.hash(), hash);
    for (const [flag, text] of Object.entries(texts)) {
      assert.equal(await reader.page.$eval(`#${flag}`, (box) => box.value), text);
    }
    assert.equal(await reader.page.$eval('#network-relu', (radio) => radio.checked), true);
  }));

test('offers only experiments that the package can run', () =>
  withPage(site, '', async (reader) => {
    const links = await reader.page.$$eval('a[href^="#v="]', (nodes) =>
      nodes.map((node) => node.getAttribute('href')),
    );
    assert.ok(links.length > 5);
    for (const link of links) parseLink(link);
    const preset = '.presets li:nth-child(3) a';
    await reader.click(preset);
    await reader.page.waitForFunction(() => location.hash.includes('network=printed'));
    assert.equal(await reader.page.$eval('#network-printed', (radio) => radio.checked), true);
    assert.equal(await reader.page.$eval(preset, (link) => link.ariaCurrent), 'true');
  }));

test('says what is wrong with a link or a value, and leaves the rest alone', () =>
  withPage(site, '#v=1&networks=relu', async (reader) => {
    assert.match(await reader.text('#problem'), /"networks"/);
    assert.equal(await reader.hash(), '#v=1&networks=relu');
    await reader.type('p', '1.5');
    assert.match(await reader.text('#p-fault'), /1\.5/);
    await reader.type('train-size', '99999');
    assert.match(await reader.text('#train-size-fault'), /1 to 60000, got 99999/);
    await reader.click('#run [data-action="play"]');
    const focused = await reader.page.evaluate(() =>
      document.activeElement?.getAttribute('aria-invalid'),
    );
    assert.equal(focused, 'true', 'play leads to what is wrong, and trains nothing');
    await reader.type('p', '0.2');
    assert.match(await reader.hash(), /p=0\.2&/);
    assert.match(await reader.hash(), /train-size=60000/);
    assert.equal(await reader.page.$eval('#p-fault', (fault) => fault.hidden), true);
  }));

test('trains by settings that a link seldom has, and names them; a link without v is one', () =>
  withPage(site, `#train-size=500&epochs=2&seeds=1&variants=standard&${SELDOM}`, async (reader) => {
    const words = /schedule linear, momentum 0.9, weight-decay 0.01, max-norm 3/;
    assert.match(await reader.text('[data-show="sentence"]'), words);
    await reader.play();
    await reader.phase('done');
    const { variants, ...options } = parseLink(await reader.hash());
    assert.equal(options.schedule, 'linear');
    const { runs } = await compare(variants, await loadMnist(), options);
    assert.deepEqual(
      await reader.texts(HASHES),
      runs.map(({ weightsHash }) => weightsHash),
    );
    await reader.choose('optimizer-adam');
    assert.doesNotMatch(await reader.hash(), /momentum/);
    assert.match(await reader.hash(), /schedule=linear/);
  }));

test('refuses a grid, and says who runs it', () =>
  withPage(site, '#v=1&network=relu&learning-rate=0.01,0.02', async (reader) => {
    const refused = /learning-rate has several values.*command line.*run "#v=1&network=relu/;
    assert.match(await reader.text('#problem'), refused);
    assert.equal(await reader.page.$eval('#network-relu', (radio) => radio.checked), false);
    await reader.type('p', '0.2,0.5');
    assert.match(await reader.text('#p-fault'), /p has several values/);
  }));

test('says that a Gaussian factor has no p of 1, whichever is chosen last', () =>
  withPage(site, '', async (reader) => {
    await reader.type('p', '1');
    await reader.choose('variants-gaussian');
    assert.match(await reader.text('#variants-fault'), /p .*got 1/);
    assert.equal(await reader.page.$eval('#variants-gaussian', (box) => box.checked), false);
    await reader.type('p', '0.5');
    await reader.choose('variants-gaussian');
    assert.match(await reader.hash(), /variants=[^&]*gaussian/);
    await reader.type('p', '1');
    assert.match(await reader.text('#p-fault'), /p .*got 1/);
  }));
