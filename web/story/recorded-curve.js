/** The run of step 4 as it came out on 28 November 2026; its link is `CURVE_LINK`. */

/** @type {{ variant: string, seed: number, p: number, trainSize: number, epochs: number, weightsHash: string, points: import('./curve-run.js').Point[] }} */
export const RECORDED_CURVE = {
  variant: 'unscaled',
  seed: 1,
  p: 0.5,
  trainSize: 60_000,
  epochs: 2,
  weightsHash: 'df19d25d84756029f967bdcf4af9e5b56c77fc4270ef32120d0b01242f0d919e',
  points: [
    { factor: 0.25, loss: 0.422856, accuracy: 0.9147, macroF1: 0.913793, ece: 0.165134 },
    {
      factor: 0.35355339059327373,
      loss: 0.328223,
      accuracy: 0.9155,
      macroF1: 0.914627,
      ece: 0.0691008,
    },
    { factor: 0.5, loss: 0.305559, accuracy: 0.9155, macroF1: 0.914585, ece: 0.00971399 },
    {
      factor: 0.7071067811865475,
      loss: 0.341889,
      accuracy: 0.9156,
      macroF1: 0.914663,
      ece: 0.0283101,
    },
    { factor: 1, loss: 0.430857, accuracy: 0.9154, macroF1: 0.914451, ece: 0.0480984 },
    {
      factor: 1.4142135623730951,
      loss: 0.576969,
      accuracy: 0.9154,
      macroF1: 0.914464,
      ece: 0.0602511,
    },
    { factor: 2, loss: 0.79515, accuracy: 0.9153, macroF1: 0.914325, ece: 0.068171 },
    { factor: 2.82842712474619, loss: 1.1108, accuracy: 0.915, macroF1: 0.914036, ece: 0.0732833 },
    { factor: 4, loss: 1.56187, accuracy: 0.9152, macroF1: 0.914244, ece: 0.0766181 },
  ],
};
