/** MNIST, fetched once, when somebody wants it. */

import { loadMnist } from '../js/index.js';

/** @typedef {{ loadedBytes: number, totalBytes: number | undefined }} Loaded */

export class Data extends EventTarget {
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

  async #fetch() {
    try {
      const data = await loadMnist({
        onProgress: (/** @type {Loaded} */ loaded) => {
          this.loaded = loaded;
          this.dispatchEvent(new Event('progress'));
        },
      });
      this.ready = true;
      return data;
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
