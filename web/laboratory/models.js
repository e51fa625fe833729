/** The trained models of this visit, kept as files: a browser may put a blob on its disk. */

import { loadModel } from '../../js/index.js';
import { exportOnnx } from '../../js/onnx.js';

/** @typedef {import('../../js/comparison/line.js').RunLine} RunLine */
/** @typedef {'safetensors' | 'onnx'} Format */

export class Models {
  /** Safetensors, with the spec in them. @type {Map<RunLine, Blob>} */
  #files = new Map();

  /** @type {import('../run.js').Inspect} */
  async keep(line, model) {
    this.#files.set(line, new Blob([await model.save({ weightsOnly: true })]));
  }

  /**
   * @param {RunLine} line
   * @param {Format} format
   * @returns {Promise<Blob>}
   */
  async file(line, format) {
    const kept = this.#files.get(line);
    if (kept === undefined) throw new Error(`the model of ${fileName(line, format)} is not here`);
    if (format === 'safetensors') return kept;
    const model = await loadModel(new Uint8Array(await kept.arrayBuffer()));
    try {
      return new Blob([await exportOnnx(model)]);
    } finally {
      await model.dispose();
    }
  }
}

/** @param {RunLine} line @param {Format} format */
export function fileName({ network, variant, seed }, format) {
  return `${network}-${variant}-seed-${seed}.${format}`;
}
