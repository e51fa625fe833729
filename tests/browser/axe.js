/** What axe-core finds wrong with a page for those who cannot see it, or use no mouse. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const SOURCE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/**
 * @param {import('puppeteer-core').Page} page as it is now
 * @returns {Promise<string[]>} a line a violation: the rule, its help, and where
 */
export async function findBarriers(page) {
  // Handed over as text: the page's policy lets no script of others in.
  const source = await readFile(SOURCE, 'utf8');
  await page.evaluate(source);
  return page.evaluate(async () => {
    const { violations } = await Reflect.get(globalThis, 'axe').run({
      resultTypes: ['violations'], // all of them, and less of what passes
    });
    return violations.map(
      (/** @type {{ id: string, help: string, nodes: { target: unknown }[] }} */ found) =>
        `${found.id}: ${found.help}: ${found.nodes.map(({ target }) => String(target)).join(', ')}`,
    );
  });
}
