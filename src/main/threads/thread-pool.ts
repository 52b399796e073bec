import { SluiceError } from '../../shared/errors.js';
import type { WorkerHandle } from './worker-handle.js';

/** Requests that wait for a thread; more would wait longer than anybody does. */
const waitingAtMost = 1000;

export interface Asking {
  /** May take long: such requests leave one thread to the others. */
  wide?: boolean;
  /** Memory in the request that is handed over, not copied. */
  transfer?: readonly ArrayBuffer[];
  /** What a request that took too long is refused with. */
  tooLong(): SluiceError;
}

/** Threads that answer one request each at a time. */
export interface ThreadPool<R> {
  /** Throws `engine_busy` where too many wait, and `tooLong` where the answer takes longer than the deadline. */
  ask(request: R, asking: Asking): Promise<unknown>;
  close(): Promise<void>;
}

interface Waiting<R> extends Asking {
  request: R;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Each thread is started when it is first needed: it takes some forty megabytes. One that is over its deadline is ended with what
 * it does, and another takes its place. It is ended and not asked: a statement of SQLite, or a parser, hears nothing until it is
 * done.
 */
export function createThreadPool<R>(options: {
  start(): WorkerHandle<R>;
  size: number;
  deadlineMs: number;
}): ThreadPool<R> {
  const { size, deadlineMs } = options;
  const idle: WorkerHandle<R>[] = [];
  const ending = new Set<Promise<void>>();
  const working = new Set<WorkerHandle<R>>();
  let waiting: Waiting<R>[] = [];
  let wide = 0;
  let closed = false;

  function begin(): WorkerHandle<R> {
    const handle = options.start();
    // Whoever waits for its answer hears of a crash; the next request gets a thread that lives.
    void handle.ended.then(() => {
      const at = idle.indexOf(handle);
      if (at !== -1) idle.splice(at, 1);
    });
    return handle;
  }

  function end(handle: WorkerHandle<R>): void {
    const ended = handle.terminate().finally(() => ending.delete(ended));
    ending.add(ended);
  }

  function next(): void {
    while (working.size < size) {
      // One thread is left to what is answered at once.
      const at = waiting.findIndex((entry) => !entry.wide || size === 1 || wide < size - 1);
      const [entry] = at === -1 ? [] : waiting.splice(at, 1);
      if (entry === undefined) return;
      void work(idle.pop() ?? begin(), entry);
    }
  }

  async function work(
    handle: WorkerHandle<R>,
    { request, wide: isWide, transfer, tooLong, resolve, reject }: Waiting<R>,
  ) {
    working.add(handle);
    if (isWide) wide += 1;
    let late = false;
    let crashed = false;
    void handle.ended.then(() => {
      crashed = true;
    });
    let over = false;
    let timer: NodeJS.Timeout | undefined;
    // What loading a thread takes is not the request's.
    void handle.begun.then(() => {
      if (over) return;
      timer = setTimeout(() => {
        late = true;
        reject(tooLong());
        end(handle);
        done();
      }, deadlineMs);
    });
    function done(): void {
      over = true;
      clearTimeout(timer);
      if (!working.delete(handle)) return;
      if (isWide) wide -= 1;
      if (!late && !crashed && !closed) idle.push(handle);
      next();
    }
    try {
      resolve(await handle.request(request, transfer));
    } catch (error) {
      reject(error as Error);
    }
    done();
  }

  return {
    ask(request, asking) {
      return new Promise((resolve, reject) => {
        if (closed) throw new SluiceError('shutting_down', 'The engine is stopping.');
        if (waiting.length >= waitingAtMost) {
          throw new SluiceError('engine_busy', 'Too many requests wait for an answer.', { retry_after_s: 2 });
        }
        waiting.push({ ...asking, request, resolve, reject });
        next();
      });
    },
    async close() {
      closed = true;
      for (const { reject } of waiting) reject(new SluiceError('shutting_down', 'The engine is stopping.'));
      waiting = [];
      for (const handle of [...idle, ...working]) end(handle);
      await Promise.all(ending);
    },
  };
}
