/** Programs that end with all that they started, whatever became of them, and of this process short of SIGKILL. */

import { spawn } from 'node:child_process';

/** How long a program may take to put its affairs in order. */
const PATIENCE_MS = 5000;
/** The end of what a program complained of that an error quotes, in characters. */
const LAST_WORDS = 2000;

/** @type {Set<Program>} */
const running = new Set();

const killAll = () => {
  for (const program of running) program.kill('SIGKILL');
};
process.on('exit', killAll);
// Groups of their own outlive the terminal's Ctrl-C, and 'exit' does not come where a signal ends this process.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => {
    killAll();
    process.kill(process.pid, signal); // as without this
  });
}

/** A program that leads a process group, to which everything that it starts belongs. */
export class Program {
  /** Of what it complained, the end. */
  lastWords = '';
  /** Rejects when it has ended, or cannot be started. @type {Promise<never>} */
  ended;

  #child;

  /** @param {string} name @param {string[]} options @param {NodeJS.ProcessEnv} [env] */
  constructor(name, options, env = process.env) {
    this.name = name;
    this.#child = spawn(name, options, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this);
    this.#child.stdout.resume(); // or what nobody reads would block it one day
    this.#child.stderr.setEncoding('utf8').on('data', (words) => {
      this.lastWords = (this.lastWords + words).slice(-LAST_WORDS);
    });
    this.ended = new Promise((_, reject) => {
      this.#child.once('error', (cause) =>
        reject(new Error(`${name} cannot be started`, { cause })),
      );
      this.#child.once('exit', (code, signal) => {
        const end = signal ?? `exit code ${code}`;
        // By the next turn of the loop what it said before is read.
        setImmediate(() => reject(new Error(`${name} ended with ${end}: ${this.lastWords}`)));
      });
    });
    this.ended.catch(() => {}); // also where nobody waits for it
  }

  get output() {
    return this.#child.stdout;
  }

  /** The whole group, also after the program itself has ended. @param {NodeJS.Signals} signal */
  kill(signal) {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error; // nobody is left
    }
  }

  /** Resolves when it has ended, by force if need be, and nothing of its group is left to run. */
  async end() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exit = this.ended.catch(() => {});
      this.kill('SIGTERM');
      const force = setTimeout(() => this.kill('SIGKILL'), PATIENCE_MS);
      await exit;
      clearTimeout(force);
    }
    this.kill('SIGKILL');
    running.delete(this);
    // What others of the group hold open would keep this process alive.
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }
}
