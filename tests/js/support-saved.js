/** A network with every kind of layer and option, and data to train it on. */

import { alphaDropout, dense, dropout, gaussianDropout } from '../../dist/index.js';
import { makeData } from './support-models.js';

export const train = makeData({ samples: 150, features: 12, classes: 5, seed: 2 });
export const validation = makeData({ samples: 40, features: 12, classes: 4, seed: 3 });

export const spec = {
  input: 12,
  layers: [
    dropout(0.1, { mask: 'batch', scaling: 'none' }),
    dense(17, { activation: 'relu', maxNorm: 1.5, dropConnect: 0.2 }),
    gaussianDropout(0.3),
    dense(9, {
      activation: 'tanh',
      dropConnect: { p: 0.25, mask: 'element', scaling: 'eval', inference: 'gaussian', draws: 7 },
    }),
    dropout(0.4, { scaling: 'eval' }),
    dense(8, { activation: 'sigmoid' }),
    dropout(0),
    dense(7, { activation: 'selu' }),
    alphaDropout(0.2),
    dense(6),
  ],
  seed: 2 ** 53 - 1,
};
