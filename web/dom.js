/** The few lines that make elements, so that no other file writes markup as text. */

/**
 * @param {string} tag
 * @param {Record<string, any>} [properties] `class`, `dataset` and attributes with a dash or `for`
 *   by name; everything else is set as a property
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'class') made.className = value;
    else if (key === 'dataset') Object.assign(made.dataset, value);
    else if (key === 'for' || key.includes('-')) made.setAttribute(key, value);
    else Reflect.set(made, key, value);
  }
  made.append(...children);
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} tag @param {Record<string, string | number>} attributes */
export function svgElement(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/**
 * A table with a header row; the first cell of each row is its header.
 * @param {{ caption?: Node | string, head: string[], rows: (Node | string)[][], numbers?: boolean }} content
 *   `numbers`: every column after the first lines up on its right
 */
export function table({ caption, head, rows, numbers = true }) {
  const right = numbers ? 'number' : '';
  /** @param {number} index */
  const cellClass = (index) => (index === 0 ? '' : right);
  return element(
    'table',
    {},
    ...(caption === undefined ? [] : [element('caption', {}, element('span', {}, caption))]),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        // An empty corner is no header.
        ...head.map((cell, i) =>
          element(
            cell === '' ? 'td' : 'th',
            { class: cellClass(i), ...(cell !== '' && { scope: 'col' }) },
            cell,
          ),
        ),
      ),
    ),
    element(
      'tbody',
      {},
      ...rows.map((row) =>
        element(
          'tr',
          {},
          ...row.map((cell, i) =>
            i === 0
              ? element('th', { scope: 'row' }, cell)
              : element('td', { class: cellClass(i), dataset: { label: String(head[i]) } }, cell),
          ),
        ),
      ),
    ),
  );
}

/** @param {string} selector @returns {any} the one element; a missing one is a fault of the page */
export function find(selector) {
  const found = document.querySelector(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}

/** Writes to every place that shows this value. @param {string} key @param {string} text */
export function show(key, text) {
  for (const place of document.querySelectorAll(`[data-show="${key}"]`)) {
    if (place.textContent !== text) place.textContent = text;
  }
}
