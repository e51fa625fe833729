/**
 * Seconds an epoch of the article's network on the whole of MNIST (784-512-512-dropout-10, ReLU,
 * batch 64, one thread), here and in Chromium, alternating.
 *
 *     npm run bench -- [--repeat 3] [--steps 938] [--cases standard-sgd,article-sgd] [--json FILE]
 *
 * Times of one run compare with each other, not with those of another day.
 */

import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { loadMnist } from '../../dist/index.js';
import { launch } from '../browser/chromium.js';
import { serve } from '../browser/serve.js';
import { timeCase } from './time-case.js';

/** Steps of a whole epoch: ceil(60000 / 64). */
const EPOCH_STEPS = 938;
const CASES = ['standard-sgd', 'article-sgd', 'standard-adam', 'article-adam', 'none-sgd'];
/** What a trained network must reach for its time to count; one epoch gives 0.94 and more. */
const LEAST_ACCURACY = 0.9;

const USAGE = 'npm run bench -- [--repeat N] [--steps N] [--cases a,b] [--json FILE]';

/** @param {string} message */
function stop(message) {
  console.error(`${message}\nusage: ${USAGE}`);
  process.exit(2);
}

/** @param {string} name @param {string} text */
function whole(name, text) {
  if (!/^[1-9]\d*$/.test(text)) stop(`--${name} must be a whole number from 1, got ${text}`);
  return Number(text);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        repeat: { type: 'string', default: '3' },
        steps: { type: 'string', default: String(EPOCH_STEPS) },
        cases: { type: 'string', default: CASES.join() },
        json: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return stop(error.message);
  }
}

const options = readOptions();
const repeat = whole('repeat', options.repeat);
const steps = Math.min(EPOCH_STEPS, whole('steps', options.steps));
const cases = options.cases.split(',');
for (const name of cases) {
  if (!CASES.includes(name)) stop(`--cases knows ${CASES.join()}, got ${name}`);
}

const { train, test } = await loadMnist();
const server = await serve(fileURLToPath(new URL('../../', import.meta.url)));
const chromium = await launch();
const page = await chromium.browser.newPage();
await page.goto(`${server.address}dist/index.js`);

const engines = {
  [`Node ${process.versions.node}`]: (name) => timeCase(name, steps, { train, test }),
  [(await chromium.browser.version()).replace('/', ' ')]: (name) =>
    page.evaluate(
      async (address, name, steps) => {
        const { loadMnist } = await import(`${address}dist/index.js`);
        const { timeCase } = await import(`${address}tests/bench/time-case.js`);
        globalThis.mnist ??= await loadMnist({ base: `${address}dist/page/mnist/` });
        return timeCase(name, steps, globalThis.mnist);
      },
      server.address,
      name,
      steps,
    ),
};

const raw = [];
for (let round = 0; round < repeat; round++) {
  for (const name of cases) {
    for (const [engine, time] of Object.entries(engines)) {
      const { seconds, accuracy, hash } = await time(name);
      raw.push({ name, engine, round, steps, seconds, accuracy, hash });
      if (accuracy < LEAST_ACCURACY && steps === EPOCH_STEPS) {
        throw new Error(`${name} in ${engine} reached an accuracy of ${accuracy}: not timed`);
      }
    }
  }
}
await chromium.close();
await server.close();

const table = new Table({
  head: ['case', ...Object.keys(engines), 'test accuracy', 'same weights'],
  style: { head: [], border: [] },
});
for (const name of cases) {
  const runs = raw.filter((run) => run.name === name);
  const cells = Object.keys(engines).map((engine) => {
    const times = runs.filter((run) => run.engine === engine).map((run) => run.seconds);
    const [low, middle, high] = spread(times.map((s) => (s * EPOCH_STEPS) / steps));
    return `${middle.toFixed(2)} s (${low.toFixed(2)} to ${high.toFixed(2)})`;
  });
  const same = new Set(runs.map(({ hash }) => hash)).size === 1;
  table.push([name, ...cells, runs[0].accuracy.toFixed(4), same ? 'yes' : 'NO']);
}
const machine = `${os.cpus()[0].model}, ${os.availableParallelism()} cores`;
console.log(
  `Seconds an epoch${steps < EPOCH_STEPS ? `, from ${steps} steps` : ''}, median (range) of ${repeat}; ${machine}; ` +
    `${new Date().toISOString().slice(0, 10)}\n${table}`,
);
if (options.json) {
  const content = { date: new Date().toISOString(), machine, runs: raw };
  await writeFile(options.json, `${JSON.stringify(content, null, 1)}\n`);
}

/** @param {number[]} values @returns {[number, number, number]} least, median, most */
function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return [sorted[0], median, sorted[sorted.length - 1]];
}
