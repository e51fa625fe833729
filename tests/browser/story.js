/** What tests of the story do at each of its steps. */

/** @typedef {import('./page-driver.js').PageDriver} PageDriver */

/** In the story's order: its steps, and the button of each that shows the answer. */
export const STEPS = {
  mask: '#mask-guess [data-reveal]',
  batch: '#batch-guess [data-reveal]',
  expected: '#cloud-guess [data-reveal]',
  curve: '#valley-guess [data-reveal="recorded"]',
  rule: '#rule-guess [data-reveal]',
  connect: '#connect-guess [data-reveal]',
  rates: '#rates-guess [data-reveal]',
  pays: '#pays-guess [data-reveal]',
};

/** @param {PageDriver} reader @param {keyof typeof STEPS} step */
export async function reveal(reader, step) {
  await reader.click(STEPS[step]);
  await reader.page.waitForSelector(`#step-${step} .guess-answer:not([hidden])`);
}

/** @param {PageDriver} reader @param {string} selector @returns {Promise<string[][]>} the body's cells by row */
export async function cells(reader, selector) {
  return reader.page.$$eval(`${selector} tbody tr`, (rows) =>
    rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')),
  );
}

/** Not by what the page itself takes. @param {readonly number[]} values */
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
