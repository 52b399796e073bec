import { SluiceError } from '../../shared/errors.js';
import type { WorkerHandle } from './worker-handle.js';

/** Requests that wait for a thread; more would wait longer than anybody does. */
const waitingAtMost = 1000;
/** Of these, those of one asker. */
const waitingOfOne = 500;

export interface Asking {
  /** May take long: such requests leave one thread to the others. */
  wide?: boolean;
  /** For whom: of those that wait, the asker whose last turn was longest ago comes first. */
  by?: string;
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
  /** When each asker had the last turn. */
  const turns = new Map<string, number>();
  let turn = 0;

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
      const at = nextAt();
      const [entry] = at === -1 ? [] : waiting.splice(at, 1);
      if (entry === undefined) return;
      turn += 1;
      if (turns.size >= waitingAtMost) turns.clear();
      turns.set(entry.by ?? '', turn);
      void work(idle.pop() ?? begin(), entry);
    }
  }

  function isFull(by: string): boolean {
    if (waiting.length < waitingOfOne) return false;
    return waiting.filter((entry) => (entry.by ?? '') === by).length >= waitingOfOne;
  }

  /** Whoever asks much keeps nobody waiting but himself. */
  function nextAt(): number {
    let [best, longestAgo] = [-1, Number.POSITIVE_INFINITY];
    for (const [at, { wide: isWide, by = '' }] of waiting.entries()) {
      // One thread is left to what is answered at once.
      if (isWide && size > 1 && wide >= size - 1) continue;
      const last = turns.get(by) ?? 0;
      if (last < longestAgo) [best, longestAgo] = [at, last];
      if (last === 0) break;
    }
    return best;
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
        if (waiting.length >= waitingAtMost || isFull(asking.by ?? '')) {
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
