/** A page that has the package, data and a model's spec at hand, for the suites of a model's life. */

/** What every such page has: the package, data, a model's spec, and workers with something done to them. */
async function prepare(address) {
  const library = await import(`${address}index.js`);
  const { dense, dropout } = library;
  const samples = 1000;
  const images = Uint8Array.from({ length: samples * 64 }, (_, i) => (i * i) % 251);
  const labels = Uint8Array.from({ length: samples }, (_, i) => i % 10);
  let state = 1;
  const page = {
    library,
    address,
    data: { images, labels, samples, features: 64, classes: 10 },
    spec: { input: 64, layers: [dense(96), dropout(0.5), dense(10)], seed: 3 },
    below: (n) => (state = (state * 48_271) % 2_147_483_647) % n, // Park and Miller 1988
    turn: () =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(port1.close());
        port2.postMessage(0);
      }),
    workerWith(code) {
      const script = `import ${JSON.stringify(`${address}worker.js`)};\n${code}`;
      return URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    },
    /** What a promise rejects with. */
    rejection: (promise) =>
      promise.then(
        () => 'nothing',
        (reason) => reason,
      ),
  };
  Object.assign(globalThis, page);
}

/** @param {Awaited<ReturnType<typeof import('./site.js').openSite>>} site */
export async function openModelPage(site) {
  const page = await site.browser.newPage();
  await page.goto(`${site.address}package.txt`); // a document of that origin, without a policy
  await page.evaluate(prepare, site.address);
  return page;
}
