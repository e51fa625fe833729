/** Exported files in the hands of others: onnxruntime, and Debian's Python with ONNX and PyTorch. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import * as ort from 'onnxruntime-web';

ort.env.wasm.numThreads = 1; // threads of its own would keep the process alive

export const { web: ONNXRUNTIME_VERSION } = ort.env.versions;

const run = promisify(execFile);
/** Debian's own Python: another one does not see Debian's packages. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('../fixtures/exported.py', import.meta.url));

/**
 * What tests/fixtures/exported.py prints, line by line.
 * @param {'check' | 'logits' | 'schema'} command
 * @param {...string} files
 * @returns {Promise<any[]>}
 */
export async function python(command, ...files) {
  const { stdout } = await run(PYTHON, [SCRIPT, command, ...files]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/**
 * @param {Uint8Array} bytes of a file
 * @returns {Promise<{ inputs: readonly string[], outputs: readonly string[], run: (images: Float32Array, features: number) => Promise<{ logits: Float32Array, probabilities: Float32Array }>, end: () => Promise<void> }>}
 */
export async function openInOnnxruntime(bytes) {
  const session = await ort.InferenceSession.create(bytes);
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    run: async (images, features) => {
      const rows = images.length / features;
      const { logits, probabilities } = await session.run({
        images: new ort.Tensor('float32', images, [rows, features]),
      });
      return { logits: logits.data, probabilities: probabilities.data };
    },
    end: () => session.release(),
  };
}

/**
 * @param {ArrayLike<number>} found
 * @param {ArrayLike<number>} expected
 * @returns {number} the greatest difference, as a share of the greatest absolute value expected
 */
export function relativeDifference(found, expected) {
  if (found.length !== expected.length) return Infinity;
  let [difference, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const one = Math.abs(found[i] - expected[i]);
    if (!(one <= difference)) difference = one; // NaN stays
    size = Math.max(size, Math.abs(expected[i]));
  }
  return difference / size;
}
