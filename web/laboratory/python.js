/** The lines of Python that load a model of this page, dropout off. */

import { evaluationScale } from '../../js/format/onnx-graph.js';

/** @typedef {import('../../js/layers.js').Spec} Spec */
/** @typedef {import('../../js/core/enums.js').Activation} Activation */

/** @type {Readonly<Record<Activation, (x: string) => string>>} */
const ACTIVATIONS = {
  linear: (x) => x,
  relu: (x) => `F.relu(${x})`,
  tanh: (x) => `F.tanh(${x})`,
  sigmoid: (x) => `F.sigmoid(${x})`,
  selu: (x) => `F.selu(${x})`,
};

/** @param {Pick<Spec, 'input' | 'layers'>} spec @param {string} file @returns {string} */
export function safetensorsLines({ input, layers }, file) {
  let i = 0;
  const body = layers.flatMap((layer) => {
    if (layer.type === 'dropout') {
      const keep = evaluationScale(layer);
      return keep === 1 ? [] : [`x = ${keep} * x  # evaluation's factor, 1 - p`];
    }
    if (layer.type !== 'dense') return [];
    const keep = evaluationScale(layer.dropConnect);
    const x = keep === 1 ? 'x' : `${keep} * x`;
    const linear = `F.linear(${x}, w["layers.${i}.weight"], w["layers.${i}.bias"])`;
    i++;
    return [`x = ${ACTIVATIONS[layer.activation](linear)}`];
  });
  return `# pip install torch safetensors
import torch.nn.functional as F
from safetensors.torch import load_file

w = load_file("${file}")

def network(x):  # float32, rows x ${input}: pixels / 255
${body.map((line) => `    ${line}`).join('\n')}
    return x  # logits
`;
}

/** @param {Pick<Spec, 'input'>} spec @param {string} file @returns {string} */
export function onnxLines({ input }, file) {
  return `# pip install onnxruntime
import onnxruntime

session = onnxruntime.InferenceSession("${file}")

def network(x):  # float32, rows x ${input}: pixels / 255
    logits, probabilities = session.run(None, {"images": x})
    return logits
`;
}
