/**
 * The models that sections below the laboratory ask: parameters of trained runs, kept when a run
 * ends, and one model in a worker made from those the reader chose.
 */

import { createModel, variants } from '../js/index.js';
import { unitsOf } from '../js/summary.js';

/** @typedef {import('../js/model.js').Model} Model */
/** @typedef {import('../js/comparison/line.js').RunLine} RunLine */

/**
 * @typedef {object} Kept
 * @property {string} key
 * @property {string} variant
 * @property {number} seed
 * @property {string} network
 * @property {import('../js/layers.js').Spec} spec
 * @property {import('../js/defaults.js').Numerics} numerics
 * @property {number} steps finished ones of its training
 * @property {Awaited<ReturnType<Model['parameters']>>} parameters
 */

/** What is trained where there is no model yet: the quickest that reads digits well. */
const OWN = /** @type {const} */ ({ variant: 'standard', network: 'relu', seed: 1, epochs: 1 });
/** Where a model that is not of the laboratory was trained, by its key. */
const PLACES = new Map([
  ['own', 'trained here'],
  ['story', 'of step 4'],
]);

/** Fires 'change' when another model is chosen, or the first is there, and 'list' when there are more. */
export class Trained extends EventTarget {
  /** @type {Map<string, Kept>} */
  kept = new Map();
  /** @type {Kept | undefined} */
  chosen = undefined;
  /** What the runs kept of the laboratory have in common. */
  #kind = '';
  /** In workers, of the chosen one. @type {Map<string, Promise<Model>>} */
  #made = new Map();

  /**
   * The first finished run of every variant, of the last comparison that had any.
   * @type {import('./run.js').Inspect}
   */
  async keep(line, model) {
    const { variant, seed, network, spec, numerics, history } = line;
    const kind = JSON.stringify([network, line.p, line.options, line.trainSize, numerics]);
    if (kind === this.#kind && this.kept.has(variant)) return;
    const parameters = await model.parameters();
    if (kind !== this.#kind) {
      for (const key of this.kept.keys()) if (!PLACES.has(key)) this.kept.delete(key);
    }
    this.#kind = kind;
    if (this.kept.has(variant)) return;
    this.#add({
      key: variant,
      variant,
      seed,
      network,
      spec: /** @type {Kept['spec']} */ ({ ...spec, seed }),
      numerics,
      steps: history.steps,
      parameters,
    });
  }

  /**
   * Trains a model of this page's own, whatever the laboratory does.
   * @param {import('../js/index.js').Dataset} train
   * @param {{ signal: AbortSignal, onProgress: (progress: import('../js/index.js').FitProgress) => void }} controls
   */
  async trainOwn(train, { signal, onProgress }) {
    const { variant, network, seed, epochs } = OWN;
    const spec = { ...variants[variant](network), seed };
    const model = await createModel(spec);
    try {
      const { steps } = await model.fit(train, { epochs, signal, onProgress });
      await this.#keepOf('own', { variant, network, seed, spec, steps }, model);
    } finally {
      await model.dispose();
    }
  }

  /** Step 4's model. @param {Omit<Kept, 'key' | 'numerics' | 'parameters'>} known @param {Model} model */
  async keepStory(known, model) {
    await this.#keepOf('story', known, model);
  }

  /** @param {string} key of `PLACES` @param {Omit<Kept, 'key' | 'numerics' | 'parameters'>} known @param {Model} model */
  async #keepOf(key, known, model) {
    const [parameters, info] = await Promise.all([model.parameters(), model.info()]);
    const numerics = /** @type {Kept['numerics']} */ (info.numerics);
    this.#add({ ...known, key, numerics, parameters });
  }

  /** @param {string} key of `kept` */
  choose(key) {
    const chosen = this.kept.get(key);
    if (chosen === undefined || chosen === this.chosen) return;
    const made = this.#made;
    this.#made = new Map();
    this.chosen = chosen;
    // First those who ask learn that their questions have lapsed.
    this.dispatchEvent(new Event('change'));
    dispose(made);
  }

  /** After a failure: the next who asks gets a new model in a new worker. */
  renew() {
    dispose(this.#made);
    this.#made = new Map();
  }

  /**
   * The chosen model, in a worker, made when it is first asked for.
   * @param {{ maskPerRow?: boolean }} [how] `maskPerRow`: masks of one draw a batch are drawn for
   *   every row, so that copies of an image are as many passes; for one row both are the same mask
   * @returns {Promise<Model>}
   */
  model({ maskPerRow = false } = {}) {
    if (this.chosen === undefined) throw new Error('no model is there yet');
    const { spec, numerics, parameters } = this.chosen;
    const asked = maskPerRow ? withMaskPerRow(spec) : spec;
    const key = JSON.stringify(asked);
    let made = this.#made.get(key);
    if (made === undefined) {
      made = makeModel(asked, numerics, parameters);
      this.#made.set(key, made);
      made.catch(() => this.#made.delete(key)); // The next who asks tries again.
    }
    return made;
  }

  /** @param {Kept} kept */
  #add(kept) {
    const { chosen } = this;
    this.kept.set(kept.key, kept);
    const same = chosen && this.kept.get(chosen.key);
    if (same === undefined || kept.key === 'own') this.choose(kept.key);
    else if (same !== chosen) this.choose(same.key);
    this.dispatchEvent(new Event('list'));
  }
}

/** @param {Map<string, Promise<Model>>} made */
function dispose(made) {
  for (const model of made.values()) {
    model.then((one) => one.dispose()).catch(() => {}); // Who asked for it was told.
  }
}

/** @param {Kept['spec']} spec @param {Kept['numerics']} numerics @param {Kept['parameters']} parameters */
async function makeModel(spec, numerics, parameters) {
  const model = await createModel(spec, { numerics });
  await model.setParameters(parameters);
  return model;
}

/** @param {Kept['spec']} spec @returns {Kept['spec']} */
function withMaskPerRow(spec) {
  const layers = spec.layers.map((layer) => {
    if (layer.type === 'dropout') return { ...layer, mask: /** @type {const} */ ('element') };
    if (layer.type !== 'dense' || !layer.dropConnect) return layer;
    return {
      ...layer,
      dropConnect: { ...layer.dropConnect, mask: /** @type {const} */ ('element') },
    };
  });
  return { ...spec, layers };
}

/** @param {Kept} kept @returns {string} */
export function nameOf({ key, variant, network, seed }) {
  const name = `${variant}, network ${network}, seed ${seed}`;
  return [name, PLACES.get(key)].filter(Boolean).join(', ');
}

/**
 * The layer this page is about: the last that masks; without one, the last hidden layer.
 * @param {Kept['spec']} spec
 * @returns {{ index: number, units: number, masks: 'units' | 'weights' | 'factors' | 'nothing', p: number }}
 */
export function droppedLayer(spec) {
  const { layers } = spec;
  const index = layers
    .map((layer) => layer.type !== 'dense' || layer.dropConnect !== undefined)
    .lastIndexOf(true);
  const layer = layers[index];
  if (layer === undefined) {
    const hidden = layers.length - 2;
    return { index: hidden, units: unitsOf(spec, hidden), masks: 'nothing', p: 0 };
  }
  const units = unitsOf(spec, index);
  if (layer.type === 'dense')
    return { index, units, masks: 'weights', p: layer.dropConnect?.p ?? 0 };
  return {
    index,
    units,
    masks: layer.type === 'gaussianDropout' ? 'factors' : 'units',
    p: layer.p,
  };
}
