/** The places that most developers use; `npm run test:everywhere` has them all. */

import { fewPages } from './places/pages.js';
import { fewPrograms } from './places/programs.js';
import { testPlaces } from './places/suite.js';
import { Tools } from './places/tools.js';

testPlaces({ pages: fewPages, programs: fewPrograms, tools: new Tools(), names: ['Chromium'] });
