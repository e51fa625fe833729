/** What follows from a spec alone: shapes, counts, names. */

/** @typedef {import('./layers.js').Spec} Spec */

/**
 * @param {Spec} spec
 * @param {number} layer index in `spec.layers`; -1: the input
 * @returns {number} values a row behind that layer
 */
export function unitsOf(spec, layer) {
  for (let i = layer; i >= 0; i--) {
    const candidate = spec.layers[i];
    if (candidate.type === 'dense') return candidate.units;
  }
  return spec.input;
}

/**
 * @typedef {object} LayerSummary
 * @property {import('./layers.js').Layer['type']} type
 * @property {number} inputs
 * @property {number} units
 * @property {number} parameters
 * @property {number} multiplyAdds a row, forward
 */

/**
 * @param {Spec} spec
 * @returns {{ layers: LayerSummary[], parameters: number, multiplyAdds: number, shapes: Record<string, number[]> }}
 *   `shapes`: of every parameter, in order
 */
export function summarize(spec) {
  const layers = spec.layers.map((layer, i) => {
    const inputs = unitsOf(spec, i - 1);
    const units = unitsOf(spec, i);
    const multiplyAdds = layer.type === 'dense' ? inputs * units : 0;
    const parameters = layer.type === 'dense' ? multiplyAdds + units : 0;
    return { type: layer.type, inputs, units, parameters, multiplyAdds };
  });
  const dense = layers.filter(({ type }) => type === 'dense');
  return {
    layers,
    parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
    multiplyAdds: layers.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),
    shapes: Object.fromEntries(
      dense.flatMap(({ inputs, units }, i) => [
        [`layers.${i}.weight`, [units, inputs]],
        [`layers.${i}.bias`, [units]],
      ]),
    ),
  };
}
