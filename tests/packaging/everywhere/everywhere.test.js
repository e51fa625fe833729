/**
 * Every place in which the package is proven, as a table: `npm run test:everywhere`. The tools are those of
 * package.json beside this file, installed in build/everywhere/.
 */

import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';

import { fewPages, morePages } from '../places/pages.js';
import { fewPrograms, morePrograms } from '../places/programs.js';
import { testPlaces } from '../places/suite.js';
import { Tools } from '../places/tools.js';

const rows = testPlaces({
  pages: [...fewPages, ...morePages],
  programs: [...fewPrograms, ...morePrograms],
  tools: new Tools(fileURLToPath(new URL('../../../build/everywhere/', import.meta.url))),
  names: ['Chromium', 'Firefox', 'WebKit'],
});

/** Of an expected error its name and code, which stand first. @param {string} result */
const short = (result) => result.trim().split(' ').slice(0, 2).join(' ');

after(() => {
  const head = ['place', 'tool', 'engine', 'weights, SHA-256'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { place, tool, engine, result } of rows)
    table.push([place, tool, engine, short(result)]);
  console.log(String(table));
});
