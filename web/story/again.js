/** How to get a run again, shown by the run of step 4: its link, its command, its hash. */

import { element, find } from '../dom.js';
import { addressOf, readLink } from '../state.js';
import { CURVE_LINK } from './curve-run.js';
import { RECORDED_CURVE } from './recorded-curve.js';

/** @param {import('./valley.js').Valley} valley */
export function startAgain(valley) {
  const link = addressOf(readLink(CURVE_LINK));
  const address = `${location.href.split('#')[0]}${link}`;
  const here = element('dd', {}, 'not yet');
  const rows = [
    ['The link', element('a', { href: link }, element('code', {}, address))],
    ['The command', element('code', {}, `npx dropout-wasm run '${address}'`)],
    ['Hash, recorded', element('code', {}, RECORDED_CURVE.weightsHash)],
  ];
  find('#again').append(
    element('h3', {}, 'The run of step 4, again'),
    element(
      'dl',
      {},
      ...rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
      element('dt', {}, 'Hash, this tab'),
      here,
    ),
    element(
      'p',
      { class: 'faint' },
      'The command is for where the package is installed; from a clone, write npm run compare -- in place of npx dropout-wasm. The hash is SHA-256 over all trained weights. If one bit of one weight differs, it differs.',
    ),
  );
  valley.addEventListener('curve', () => {
    const { weightsHash, here: isHere } = valley.curve;
    if (!isHere) return;
    const isSame = weightsHash === RECORDED_CURVE.weightsHash;
    const other = isSame
      ? ''
      : 'not yet with these settings; with those of step 4 as they are now: ';
    here.replaceChildren(other, element('code', {}, weightsHash));
  });
}
