import type { Transferable } from 'node:worker_threads';
import { type MessagePort, Worker } from 'node:worker_threads';
import { type ErrorCode, errorCatalogue, SluiceError } from '../../shared/errors.js';
import type { FromThread, ToThread } from './protocol.js';

/** A thread seen from the main thread: requests with answers, events, one end. */
export interface WorkerHandle<R> {
  /** `transfer`: memory in it that is handed over, not copied. */
  request(request: R, transfer?: readonly ArrayBuffer[]): Promise<unknown>;
  /** Hands over one end of a channel to another thread. */
  connect(port: MessagePort): void;
  /** Resolves when the thread has been loaded and takes requests; never where it ends before that. */
  begun: Promise<void>;
  /** Resolves when the thread has ended; with the error where it crashed. */
  ended: Promise<Error | null>;
  /**
   * Ends the thread whatever it does, but not before it has begun: where it is ended while it loads a native addon, Node ends
   * the whole process.
   */
  terminate(): Promise<void>;
}

/**
 * What V8 may take for a thread. With a heap below 2 GB it grows to twice of what is alive before it looks for garbage, above to
 * four times; the young part is three times a space of 4 MB, where it would be 16. Threads that carry bytes through have no use
 * for more, and each has a heap of its own.
 */
export const threadLimits = { maxOldGenerationSizeMb: 1900, maxYoungGenerationSizeMb: 12 };

/** What V8 may take for a thread that computes: rows and reports die young, and copying them while they live costs a third of a job. */
export const workLimits = { maxYoungGenerationSizeMb: 96 };

/** Starts a thread entry. Answers that never come because the thread ended are rejected. */
export function startWorker<R, E>(
  entry: URL,
  workerData: unknown,
  onEvent: (event: E) => void,
  limits: Partial<typeof threadLimits> = {},
): WorkerHandle<R> {
  const resourceLimits = { ...threadLimits, ...limits };
  const worker = new Worker(entry, { workerData, stdout: false, stderr: false, resourceLimits });
  const begun = Promise.withResolvers<void>();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let nextId = 1;
  let crash: Error | null = null;
  let over = false;

  worker.on('message', (message: FromThread<E>) => {
    if ('begun' in message) {
      begun.resolve();
      return;
    }
    if ('event' in message) {
      onEvent(message.event);
      return;
    }
    const entry = waiting.get(message.id);
    waiting.delete(message.id);
    if ('error' in message) entry?.reject(revive(message.error));
    else entry?.resolve(message.value);
  });
  worker.on('error', (error) => {
    crash = error;
  });
  const ended = new Promise<Error | null>((resolve) => {
    worker.once('exit', (code) => {
      over = true;
      const cause = crash ?? (code === 0 ? null : new Error(`the thread ended with code ${code}`));
      for (const { reject } of waiting.values())
        reject(cause ?? new SluiceError('shutting_down', 'The engine is stopping.'));
      waiting.clear();
      resolve(cause);
    });
  });

  return {
    begun: begun.promise,
    ended,
    request(request, transfer = []) {
      return new Promise((resolve, reject) => {
        if (over) {
          reject(new SluiceError('engine_busy', 'The thread is being restarted.'));
          return;
        }
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, request } satisfies ToThread<R>, transfer);
      });
    },
    connect(port) {
      worker.postMessage({ port } satisfies ToThread<R>, [port as Transferable]);
    },
    async terminate() {
      await Promise.race([begun.promise, ended]);
      await worker.terminate();
    },
  };
}

/** Expected failures keep their code on the way between threads. */
function revive(error: { code: string; message: string; details?: unknown; expected: boolean }): Error {
  if (error.expected && error.code in errorCatalogue)
    return new SluiceError(error.code as ErrorCode, error.message, error.details);
  return new Error(error.message);
}
