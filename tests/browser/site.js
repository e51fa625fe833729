/** Chromium beside a server of a folder: what browser tests and the benchmark open their pages on. */

import { fileURLToPath } from 'node:url';
import { launch } from './chromium.js';
import { serve } from './serve.js';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

/**
 * @param {string} [folder] default: the package's dist/
 * @param {Parameters<typeof launch>[0]} [options] of the browser
 * @returns {Promise<{ browser: import('puppeteer-core').Browser, address: string, close: () => Promise<void> }>}
 */
export async function openSite(folder = DIST, options = {}) {
  const [chromium, server] = await Promise.all([launch(options), serve(folder)]);
  return {
    browser: chromium.browser,
    address: server.address,
    async close() {
      await chromium.close();
      await server.close();
    },
  };
}
