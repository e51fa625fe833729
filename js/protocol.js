/**
 * Every message between a model and the thread that owns the core. Arrays go as copies whose buffers
 * are transferred; what a user handed in is never detached.
 */

/**
 * To the thread.
 * @typedef {{ kind: 'start', module: WebAssembly.Module }} StartMessage first of all
 * @typedef {{ kind: 'call', id: number, method: string, args: any, paused: boolean }} CallMessage a method of
 *   `Engine`; `paused`: it is to hold before it begins
 * @typedef {{ kind: 'control', id: number, action: ControlAction }} ControlMessage for call `id`
 * @typedef {'abort' | 'pause' | 'resume' | 'step'} ControlAction 'step': of a held training, one more step
 * @typedef {{ kind: 'ping' }} PingMessage to be answered at the next turn
 * @typedef {StartMessage | CallMessage | ControlMessage | PingMessage} Request
 */

/**
 * From the thread.
 * @typedef {{ kind: 'ready', lock?: string }} ReadyMessage the core runs and has passed its self-test;
 *   `lock`: the name of one that the thread holds as long as it lives
 * @typedef {{ kind: 'failed', error: import('./errors.js').WireError }} FailedMessage it does not
 * @typedef {{ kind: 'result', id: number, value: any }} ResultMessage
 * @typedef {{ kind: 'error', id: number, error: import('./errors.js').WireError }} ErrorMessage
 * @typedef {{ kind: 'progress', id: number, value: Told }} ProgressMessage
 * @typedef {{ progress: import('./options.js').FitProgress } | { epoch: import('./training.js').EpochHistory }} Told
 * @typedef {{ kind: 'pong' }} PongMessage
 * @typedef {ReadyMessage | FailedMessage | ResultMessage | ErrorMessage | ProgressMessage | PongMessage} Response
 */

/** What a worker of this package is called, so that its script knows that it is one. */
export const THREAD_NAME = 'dropout-wasm';

/** The `code` of the error that an aborted task ends with; the caller's side puts the signal's own
 *  reason in its place. */
export const ABORTED = 'ABORTED';

/** Bytes of a data set that one message carries: long enough to cost little (a quarter of it made the
 *  first step on full MNIST 30 ms later), short enough that neither thread stalls on the copy (twice of
 *  it: 2 MB more at the peak, for 5 ms that hide in the noise). */
export const UPLOAD_BYTES = 2 ** 20;

/** Time that the core runs before it looks for messages: well under a frame, so that a page that
 *  trains on its own thread still moves, and far under the 100 ms that an abort may take. */
export const SLICE_MS = 8;

/** Least time between two progress messages. */
export const PROGRESS_MS = 50;

/** A worker that has said nothing for so long runs a script that is none of ours. */
export const START_MS = 60_000;

/** A worker without a call frees its model within milliseconds, a new one after drawing its weights: one
 *  that takes so long is not waited for. */
export const FREE_MS = 1000;

/** A worker that has a call to answer and has not said a word for so many ticks hangs: ten minutes, since
 *  it hears nothing within a step, and the longest that fits into its memory (full batches of 60,000 images,
 *  4096 units) takes minutes. Ticks, and not a time: a machine that sleeps, or a page that is held back,
 *  ticks no more either. */
export const TICK_MS = 10_000;
export const SILENT_TICKS = 60;

/** What the core does in one call, some milliseconds of work, so that a slice ends in time: rows it
 *  evaluates, numbers it draws for that (no more than so many, or one row), numbers of a mask. */
export const SLICE_ROWS = 256;
export const SLICE_WORK = 2 ** 20;
export const SLICE_MASK = 2 ** 20;
