/** @param {string} text a line for a person */
export function say(text) {
  process.stderr.write(`${text}\n`);
}
