/** The fresh page of engines.js: runs one task and answers. */

/**
 * What a task may ask of its engine.
 * @typedef {object} Place
 * @property {(path: string) => Promise<Uint8Array>} read a file of this repository
 * @property {(path: string) => string} url of a file of this repository
 * @property {() => Promise<{ train: any, test: any }>} mnist
 */

/**
 * @param {string} address of the repository
 * @param {string} task
 * @param {object} args
 */
export async function run(address, task, args) {
  /** @type {Place} */
  const place = {
    read: async (path) => {
      const response = await fetch(address + path);
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return new Uint8Array(await response.arrayBuffer());
    },
    url: (path) => address + path,
    mnist: async () => {
      const { loadMnist } = await import('../../dist/index.js');
      return loadMnist({ base: `${address}dist/page/mnist/` });
    },
  };
  const { default: run } = await import(`./${task}.js`);
  return run(args, place);
}
