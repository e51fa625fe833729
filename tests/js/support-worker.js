/** A worker that goes wrong as its address says: `?mode=exit`, `throw`, `rubbish` at once; `exit-in-fit`,
 *  `throw-in-fit`, `rubbish-in-fit` once it has served as a worker of the library until a fit. */

import { parentPort } from 'node:worker_threads';

const mode = new URL(import.meta.url).searchParams.get('mode');
const [fault, moment] = mode.split('-in-');

function goWrong() {
  if (fault === 'exit') process.exit(3);
  if (fault === 'throw') throw new Error('thrown by a test');
  parentPort.postMessage('rubbish');
}

if (moment === undefined) {
  goWrong();
} else {
  await import('../../dist/worker.js');
  parentPort.on('message', ({ method }) => {
    if (method === moment) goWrong();
  });
}
