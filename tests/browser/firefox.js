/** A Firefox with nothing of an earlier run in it, driven by WebDriver BiDi. */

import puppeteer from 'puppeteer-core';

const EXECUTABLE = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

/**
 * @param {import('puppeteer-core').LaunchOptions} [options]
 * @returns {Promise<{ browser: import('puppeteer-core').Browser, close: () => Promise<void> }>}
 */
export async function launch(options = {}) {
  const browser = await puppeteer.launch({
    ...options,
    browser: 'firefox',
    executablePath: EXECUTABLE,
    headless: true,
  });
  return { browser, close: () => browser.close() };
}
