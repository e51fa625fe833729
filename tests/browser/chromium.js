/** A Chromium with nothing of an earlier run in it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup', // a renderer for a bar that nobody sees
];

/** On a machine that is busy otherwise: limits end what hangs, they measure nothing. */
const LAUNCH_MS = 120_000;
/** Tests allow more, 300 s: it is the wait that ends, and says what it waited for. */
export const PAGE_WAIT_MS = 200_000;
/** A wait in a page is one call of the protocol. What needs longer passes a limit of its own. */
const CALL_MS = PAGE_WAIT_MS + 40_000;

/**
 * @param {import("puppeteer-core").LaunchOptions} [options]
 * @returns {Promise<{ browser: import("puppeteer-core").Browser, close: () => Promise<void> }>} */
export async function launch(options = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const browser = await puppeteer.launch({
    timeout: LAUNCH_MS,
    protocolTimeout: CALL_MS,
    ...options,
    executablePath: EXECUTABLE,
    args: [...FLAGS, ...(options.args ?? []), `--user-data-dir=${profile}`],
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
