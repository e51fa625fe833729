/** Step 4 of the story: one set of weights under many factors, recorded, trained there or in the laboratory. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { formatNumber } from '../../js/report.js';
import { RECORDED_CURVE } from '../../web/story/recorded-curve.js';
import { withPage } from './sections.js';
import { openSite } from './site.js';
import { cells, reveal } from './story.js';

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;

before(async () => {
  site = await openSite();
});

after(async () => {
  await site?.close();
});

test('step 4 trains in a worker, stops when asked, and gives the recorded weights and curve', (t) =>
  withPage(site, '', async (reader) => {
    const { page } = reader;
    await page.click('#valley-guess [data-reveal="train"]');
    await reader.shows('#valley-status', 'Training');
    assert.ok(page.workers().length > 0, 'no worker is at work');
    await reader.shows('#valley-words', 'steps, on 1,000 test images');
    await page.click('#valley-stop');
    await reader.shows('#valley-status', 'Stopped');
    assert.equal(await page.$eval('#valley-guess .guess-answer', (place) => place.hidden), true);

    await page.click('#valley-guess input[value="2"]');
    await page.click('#valley-guess [data-reveal="train"]');
    await page.waitForSelector('#valley-guess .guess-answer:not([hidden])');
    assert.match(await reader.text('#valley-table caption'), /in this tab/);
    const rows = RECORDED_CURVE.points.map(({ factor, loss, accuracy, macroF1, ece }) =>
      [factor, loss, accuracy, macroF1, ece].map(formatNumber),
    );
    assert.deepEqual(await cells(reader, '#valley-table'), rows);
    assert.ok((await reader.pixels('#valley-loss', '--c-vermilion')) > 20, 'no curve is drawn');
    assert.equal(await reader.text('#again dd:last-of-type code'), RECORDED_CURVE.weightsHash);
    for (const list of ['#inside-model', '#digit-model']) {
      const named = ['unscaled, network intended, seed 1, of step 4'];
      assert.deepEqual(await reader.texts(`${list} option`), named);
    }

    const best = [...RECORDED_CURVE.points].sort((a, b) => a.loss - b.loss)[0];
    assert.equal(best.factor, 0.5, 'the valley is not at keep');
    const accuracies = RECORDED_CURVE.points.map(({ accuracy }) => accuracy);
    assert.ok(Math.max(...accuracies) - Math.min(...accuracies) < 0.002);

    await reveal(reader, 'rule');
    const weights = await cells(reader, '#rule-weights');
    assert.deepEqual(
      weights.map((row) => row[1]),
      [0.5, 1, 2].map((factor) =>
        formatNumber(RECORDED_CURVE.points.find((point) => point.factor === factor)?.loss ?? NaN),
      ),
    );
    assert.match(await reader.text('#rule-weights caption'), /in this tab/);
    t.diagnostic(`hash ${RECORDED_CURVE.weightsHash.slice(0, 12)}`);
  }));

test('step 4 names a curve of the laboratory by its run, and shows the record when asked', () =>
  withPage(site, '', async (reader) => {
    await reader.page.evaluate(() => {
      location.hash = '#v=1&variants=unscaled&train-size=6000&epochs=1&seeds=3';
    });
    await reader.type('seeds', '1');
    await reader.play();
    await reader.phase('done');
    const words = await reader.text('#valley-words');
    assert.match(words, /trained in the laboratory, 6,000 images, 1 epoch, p = 0\.5, seed 1/);
    assert.match(words, /Dashed, grey: the recorded run, unscaled, 60,000 images, 2 epochs/);
    const hash = await reader.text('#again dd:last-of-type code');
    assert.deepEqual(await reader.texts('#run-list code'), [hash]);

    await reveal(reader, 'curve');
    await reveal(reader, 'rule');
    const recorded = await reader.text('#valley-words');
    assert.match(recorded, /recorded, 60,000 images, 2 epochs, p = 0\.5, seed 1/);
    assert.doesNotMatch(recorded, /laboratory/);
    const losses = (await cells(reader, '#valley-table')).map((row) => row[1]);
    assert.deepEqual(
      losses,
      RECORDED_CURVE.points.map(({ loss }) => formatNumber(loss)),
    );
    assert.ok((await reader.pixels('#valley-loss', '--c-vermilion')) > 20, 'no curve is drawn');
    assert.match(await reader.text('#rule-weights caption'), /recorded, 60,000 images/);
    assert.equal(await reader.text('#again dd:last-of-type code'), hash, 'this tab’s own');
  }));
