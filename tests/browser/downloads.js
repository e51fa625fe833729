/** What a page saves to the reader's disk. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @param {import('puppeteer-core').Browser} browser
 * @returns {Promise<{ folder: string, next: (act: () => Promise<void>) => Promise<string>, close: () => Promise<void> }>}
 *   `next`: the path of the file that an action saves
 */
export async function watchDownloads(browser) {
  const folder = await mkdtemp(join(tmpdir(), 'downloads-'));
  const session = await browser.target().createCDPSession();
  const options = { behavior: /** @type {const} */ ('allow'), downloadPath: folder };
  await session.send('Browser.setDownloadBehavior', { ...options, eventsEnabled: true });
  return {
    folder,
    async next(act) {
      const name = new Promise((resolve) =>
        session.once('Browser.downloadWillBegin', ({ suggestedFilename }) =>
          resolve(suggestedFilename),
        ),
      );
      const done = new Promise((resolve, reject) => {
        const listen = (/** @type {{ state: string }} */ { state }) => {
          if (state === 'inProgress') return;
          session.off('Browser.downloadProgress', listen);
          if (state === 'completed') resolve(undefined);
          else reject(new Error(`the download was ${state}`));
        };
        session.on('Browser.downloadProgress', listen);
      });
      await act();
      await done;
      return join(folder, await name);
    },
    async close() {
      await session.detach();
      await rm(folder, { recursive: true });
    },
  };
}
