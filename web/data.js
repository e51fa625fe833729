/** MNIST, fetched once, when somebody wants it. */

import { loadMnist } from '../js/index.js';
import { Downloads } from './downloads.js';

/** @typedef {{ loadedBytes: number, totalBytes: number | undefined }} Loaded */

const FILES = 4;

/** Fires 'progress' while it is fetched, and 'kept' once the next visit has it without a network. */
export class Data extends EventTarget {
  #downloads = new Downloads();
  #promise = /** @type {ReturnType<typeof loadMnist> | undefined} */ (undefined);
  /** @type {Loaded | undefined} while it is being fetched */
  loaded = undefined;
  ready = false;

  /** A failed fetch is forgotten, so that the next play tries again. */
  load() {
    this.#promise ??= this.#fetch().catch((error) => {
      this.#promise = undefined;
      throw error;
    });
    return this.#promise;
  }

  /** @returns {Promise<boolean>} whether it is there without a network */
  async isKept() {
    return (await this.#downloads.kept(new URL('mnist/', document.baseURI).href)) >= FILES;
  }

  async #keep() {
    try {
      await this.#downloads.keep();
      this.dispatchEvent(new Event('kept'));
    } catch {
      // Without room the next visit fetches it again.
    }
  }

  async #fetch() {
    try {
      const data = await loadMnist({
        fetch: this.#downloads.fetch,
        onProgress: (/** @type {Loaded} */ loaded) => {
          this.loaded = loaded;
          this.dispatchEvent(new Event('progress'));
        },
      });
      this.ready = true;
      this.#keep();
      return data;
    } catch (error) {
      const { address } = /** @type {{ address?: string }} */ (error);
      if (address !== undefined) await this.#downloads.forget(address);
      throw error;
    } finally {
      this.loaded = undefined;
      this.dispatchEvent(new Event('progress'));
    }
  }
}

/** @param {number} bytes @returns {string} in megabytes of 10^6 bytes */
export function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
