/** Browsers by name: what a golden page says in each of them. */

import { launch as chromium } from '../../browser/chromium.js';
import { launch as firefox } from '../../browser/firefox.js';
import { launch as webkit } from '../../browser/webkit.js';

/** Just under what puppeteer allows a call in Firefox, 180 s: this wait ends first, and tells the complaints. */
const PATIENCE_MS = 170_000;

/** @typedef {{ version: string, read: (url: string) => Promise<string>, close: () => Promise<void> }} Reader */

/** @type {Record<string, () => Promise<Reader>>} read: the text of `#result`, once there is one */
export const browsers = {
  Chromium: () => puppeteered(chromium),
  Firefox: () => puppeteered(firefox),
  WebKit: openWebKit,
};

/** @param {typeof chromium} launch @returns {Promise<Reader>} */
async function puppeteered(launch) {
  const { browser, close } = await launch();
  return {
    version: (await browser.version()).replace(/^\D+/, ''),
    close,
    async read(url) {
      const page = await browser.newPage();
      /** @type {string[]} */
      const complaints = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      try {
        await page.goto(url);
        const text = () => document.querySelector('#result')?.textContent;
        const said = await page.waitForFunction(text, { timeout: PATIENCE_MS, polling: 50 });
        return String(await said.jsonValue());
      } catch (cause) {
        throw new Error(`${url} said nothing: ${complaints.join('; ')}`, { cause });
      } finally {
        await page.close();
      }
    },
  };
}

/** @returns {Promise<Reader>} */
async function openWebKit() {
  const { version, goto, evaluate, close } = await webkit();
  const script = `
    for (;;) {
      const text = document.querySelector('#result')?.textContent;
      if (text) return text;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }`;
  return {
    version: `GTK ${version}`,
    close,
    async read(url) {
      await goto(url);
      return evaluate(script);
    },
  };
}
