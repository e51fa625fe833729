/** Two arms of a spiral, one turn and a half each. */

const TURNS = 1.5;

/**
 * @param {number} samples spread evenly over both arms
 * @returns {import('dropout-wasm').Dataset} x and y of each, from -1 to 1
 */
export function spirals(samples) {
  const points = Array.from({ length: samples }, (_, i) => {
    const radius = (i + 1) / samples;
    const angle = 2 * Math.PI * TURNS * radius + Math.PI * (i % 2);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  return {
    images: Float32Array.from(points.flat()),
    labels: Uint8Array.from(points, (_, i) => i % 2),
    samples,
    features: 2,
    classes: 2,
  };
}
