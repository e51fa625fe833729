/**
 * Files fetched once: what arrived before a connection broke stays, and the next try asks for the rest.
 * What turned out to be right is kept for the next visit, where the browser keeps anything.
 */

const CACHE = 'dropout-wasm data';

/**
 * What is there of one file.
 * @typedef {object} Part
 * @property {string} address
 * @property {Uint8Array<ArrayBuffer>[]} chunks
 * @property {number} length of all chunks, bytes
 * @property {number | undefined} total bytes of the file; undefined where the server does not say
 * @property {string | null} tag by which the server knows this very file again; null where it has none
 * @property {boolean} whole
 * @property {boolean} kept for the next visit, too
 */

export class Downloads {
  /** By the file's name without .gz: one that is not there packed may be there as it is. @type {Map<string, Part>} */
  #parts = new Map();

  /**
   * In place of the global `fetch`, for whole files.
   * @param {RequestInfo | URL} input an address
   * @param {RequestInit} [init]
   * @returns {Promise<Response>} its body begins with what an earlier try brought
   */
  fetch = async (input, init) => {
    const address = String(input);
    const known = this.#parts.get(nameOf(address));
    let part = known?.address === address ? known : await keptPart(address);
    /** @type {Response | undefined} */
    let answer;
    if (!part?.whole) {
      answer = await ask(address, part, init);
      if (!answer.ok) return answer;
      if (!part || answer.status !== 206) part = emptyPart(address, answer);
    }
    this.#parts.set(nameOf(address), part);
    const headers = part.total === undefined ? [] : [['content-length', String(part.total)]];
    return new Response(bodyOf(part, answer), { headers: Object.fromEntries(headers) });
  };

  /** All files were right. @returns {Promise<void>} rejects where there is no room for them */
  async keep() {
    const parts = [...this.#parts.values()].filter(({ whole, kept }) => whole && !kept);
    this.#parts.clear();
    const cache = await openCache();
    if (!cache) return;
    for (const { address, chunks } of parts)
      await cache.put(address, new Response(new Blob(chunks)));
  }

  /** @param {string} place @returns {Promise<number>} files that are kept of those whose addresses begin so */
  async kept(place) {
    const keys = await (await openCache())?.keys();
    return keys?.filter(({ url }) => url.startsWith(place)).length ?? 0;
  }

  /** One file was wrong: the next try begins it anew. @param {string} address */
  async forget(address) {
    const part = this.#parts.get(nameOf(address));
    if (!part?.whole) return;
    this.#parts.delete(nameOf(address));
    if (part.kept) await (await openCache())?.delete(part.address);
  }
}

/** Pages on plain http have none, and private windows may refuse. @returns {Promise<Cache | undefined>} */
const openCache = async () => globalThis.caches?.open(CACHE).catch(() => undefined);

/** @param {string} address */
const nameOf = (address) => address.replace(/\.gz$/, '');

/**
 * For the rest where something is there, and for all of it where the server has no rest to give.
 * @param {string} address
 * @param {Part | undefined} part
 * @param {RequestInit} [init]
 */
async function ask(address, part, init) {
  if (part?.tag) {
    const headers = { range: `bytes=${part.length}-`, 'if-range': part.tag };
    const answer = await fetch(address, { ...init, headers });
    const isRest = answer.headers.get('content-range')?.startsWith(`bytes ${part.length}-`);
    if (answer.status === 206 ? isRest : answer.status !== 416) return answer;
  }
  return fetch(address, init);
}

/** @param {string} address @param {Response} answer @returns {Part} */
function emptyPart(address, { headers }) {
  // With an encoding, lengths and ranges are those of other bytes than those which arrive here.
  const isPlain = !headers.has('content-encoding');
  const tag = headers.get('etag') ?? headers.get('last-modified');
  return {
    address,
    chunks: [],
    length: 0,
    total: (isPlain && Number(headers.get('content-length'))) || undefined,
    tag: isPlain && !tag?.startsWith('W/') ? tag : null,
    whole: false,
    kept: false,
  };
}

/** @param {string} address @returns {Promise<Part | undefined>} what an earlier visit kept */
async function keptPart(address) {
  const found = await (await openCache())?.match(address);
  if (found === undefined) return undefined;
  const bytes = new Uint8Array(await found.arrayBuffer());
  const total = bytes.length;
  return { address, chunks: [bytes], length: total, total, tag: null, whole: true, kept: true };
}

/**
 * @param {Part} part grows by what arrives
 * @param {Response} [rest]
 * @returns {ReadableStream<Uint8Array<ArrayBuffer>>} of the whole file
 */
function bodyOf(part, rest) {
  const reader = rest?.body?.getReader();
  let next = 0;
  return new ReadableStream({
    async pull(controller) {
      if (next === part.chunks.length) await receive(part, reader);
      if (next < part.chunks.length) controller.enqueue(part.chunks[next++]);
      else controller.close();
    },
    cancel: (reason) => reader?.cancel(reason),
  });
}

/** One chunk more, or the end. @param {Part} part @param {ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>} [reader] */
async function receive(part, reader) {
  const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
  if (value) {
    part.chunks.push(value);
    part.length += value.length;
  }
  if (!done) return;
  if (part.length < (part.total ?? 0)) {
    throw new TypeError(`the connection ended after ${part.length} of ${part.total} bytes`);
  }
  part.whole = true;
}
