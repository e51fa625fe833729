/** dropout-wasm/onnx: a trained network as a file that other runtimes run. */

export { exportOnnx } from './format/onnx.js';
