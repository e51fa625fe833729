/** The progress bar of a terminal. */

import { Presets, SingleBar } from 'cli-progress';

import { formatDuration, formatNumber } from '../report.js';

/** @typedef {import('../comparison/progress.js').CompareProgress} CompareProgress */

/**
 * @param {NodeJS.WriteStream} stream drawn upon only if it is a terminal
 * @returns {{ update: (progress: CompareProgress) => void, stop: () => void }}
 */
export function progressBar(stream) {
  if (!stream.isTTY) return { update() {}, stop() {} };
  const bar = new SingleBar(
    {
      stream,
      clearOnComplete: true,
      hideCursor: true,
      // The library would only guess, and from uneven steps.
      format: '{bar} {done}/{runs} runs  {left}  {run}',
      gracefulExit: false, // Ctrl-C is the command's business.
    },
    Presets.shades_classic,
  );
  /** Steps of each run, by run: the bar moves within runs too. @type {Map<number, number>} */
  const shares = new Map();
  return {
    update({ run, runs, done, cell, seed, epoch, epochs, step, steps, loss, etaMs }) {
      shares.set(run, step / steps);
      let share = 0;
      for (const part of shares.values()) share += part;
      const texts = {
        done,
        runs,
        left: Number.isFinite(etaMs) ? `${formatDuration(etaMs)} left` : '',
        run: `${cell}, seed ${seed}, epoch ${epoch}/${epochs}, loss ${formatNumber(loss)}`,
      };
      // Runs taken over from a file never report a step.
      const value = Math.max(share, done);
      if (bar.isActive) bar.update(value, texts);
      else bar.start(runs, value, texts);
    },
    stop() {
      bar.stop();
    },
  };
}
