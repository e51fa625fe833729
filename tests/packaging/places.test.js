/**
 * The places that most developers use; `npm run test:everywhere` has them all. Faults of other
 * libraries that would show here: vite#19310, #8427, #20400 (Vite does not find a package's worker or
 * wasm), esbuild#795, #312 (bundlers drop or break assets), emscripten#22654, webpack#16696 (a worker
 * from another origin is refused), w3c/webappsec-csp#443 (cryptic errors under a policy),
 * nodejs/node#51744 (Node's fetch refuses file addresses).
 */

import { fewPages } from './places/pages.js';
import { fewPrograms } from './places/programs.js';
import { testPlaces } from './places/suite.js';
import { Tools } from './places/tools.js';

testPlaces({ pages: fewPages, programs: fewPrograms, tools: new Tools(), names: ['Chromium'] });
