/** A drawn digit is turned: how unsure the model gets, and what the network then sees. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { loadMnist } from '../../dist/index.js';
import { THREE, answered, clear, rowsOf, seenImage, stroke } from './digit.js';
import { closePage, openPage, trainInLaboratory, trainedTwin } from './sections.js';
import { openSite } from './site.js';

const LINK = '#v=1&network=relu&train-size=6000&epochs=1&seeds=1&variants=standard';
const PASSES = 100;
const MOST = Math.log(10);

/** @type {Awaited<ReturnType<typeof openSite>>} */
let site;
/** @type {import('./page-driver.js').PageDriver} */
let reader;

before(async () => {
  site = await openSite();
  reader = await openPage(site, LINK);
  await trainInLaboratory(reader);
});

after(async () => {
  if (reader) await closePage(reader);
  await site?.close();
});

test('turned, the drawing is as uncertain as the curve says, within 0 and ln 10', async (t) => {
  await clear(reader);
  await answered(reader, () => stroke(reader, THREE));
  const upright = await seenImage(reader);
  const rows = await rowsOf(reader, '#turn-table');
  assert.deepEqual(
    rows.map(([angle]) => angle),
    Array.from({ length: 25 }, (_, i) => 15 * i - 180),
  );
  for (const [angle, entropy, information] of rows) {
    assert.ok(information >= 0 && information <= entropy && entropy <= MOST, `at ${angle}`);
  }
  assert.ok(
    new Set(rows.map(([, entropy]) => entropy)).size > 10,
    'the curve does not follow the angle',
  );
  const [angle, entropy, information] = rows.reduce((most, row) => (row[1] > most[1] ? row : most));
  const words = await answered(reader, async () => {
    await reader.click('#turn-box', { count: 3 });
    await reader.page.keyboard.type(String(angle));
    await reader.page.keyboard.press('Enter');
  });
  assert.notDeepEqual(await seenImage(reader), upright);
  const [, said, mutual] = /Entropy (\S+) nats .* information (\S+)\.$/.exec(words) ?? [];
  assert.deepEqual([Number(said), Number(mutual)], [entropy, information]);
  const { train } = await loadMnist();
  const twin = await trainedTwin(LINK, 'standard', train);
  t.after(() => twin.dispose());
  const own = await twin.predict(await seenImage(reader), { passes: PASSES });
  assert.ok(Math.abs(own.entropy[0] - entropy) <= 0.006 * entropy);
  t.diagnostic(`most uncertain at ${angle} degrees: ${entropy} nats`);
  const turnedBack = rows.find(([at]) => at === 0)?.[1] ?? NaN;
  assert.ok(entropy > turnedBack, 'upright is the most uncertain');
});

test('the slider turns at every step of the arrow keys, and drawing on keeps what is seen', async () => {
  await clear(reader);
  await answered(reader, () => stroke(reader, THREE));
  await reader.page.focus('#turn');
  await answered(reader, async () => {
    for (let i = 0; i < 6; i++) await reader.page.keyboard.press('ArrowRight');
  });
  assert.equal(await reader.page.$eval('#turn-box', (box) => box.value), '30');
  const turned = await seenImage(reader);
  await answered(reader, () =>
    stroke(reader, [
      [0.5, 0.5],
      [0.5, 0.5],
    ]),
  );
  assert.equal(await reader.page.$eval('#turn-box', (box) => box.value), '0');
  const difference = (await seenImage(reader)).reduce(
    (sum, value, i) => sum + Math.abs(value - turned[i]),
    0,
  );
  const ink = turned.reduce((sum, value) => sum + value, 0);
  assert.ok(difference < 0.35 * ink, `${difference} of ${ink}`);
});
