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
  const server = await serve(folder);
  const chromium = await launch(options).catch(async (error) => {
    await server.close(); // or the process would never end
    throw error;
  });
  return {
    browser: chromium.browser,
    address: server.address,
    async close() {
      await chromium.close();
      await server.close();
    },
  };
}
