import type { WorkerHandle } from './worker-handle.js';

const giveUpAfter = 5;
const withinMs = 60_000;

/** Keeps a thread running: starts it, and again when it crashes, until it crashes too often or is stopped. */
export interface Supervisor<R> {
  handle(): WorkerHandle<R>;
  restarts(): number;
  /** From now on an end of the thread is expected. */
  expectEnd(): void;
}

/**
 * `start` makes the thread; `started` is called after every later start, to connect it again. `onCrash` hears each crash;
 * `onGiveUp` that there were five within a minute.
 */
export async function supervise<R>(options: {
  start(): WorkerHandle<R>;
  ready(handle: WorkerHandle<R>): Promise<void>;
  restarted(handle: WorkerHandle<R>): void;
  onCrash(error: Error): void;
  onGiveUp(error: Error): void;
}): Promise<Supervisor<R>> {
  let handle = options.start();
  try {
    await options.ready(handle);
  } catch (error) {
    // A thread that cannot begin would keep the process alive.
    await handle.terminate();
    throw error;
  }
  let restarts = 0;
  let expected = false;
  let crashes: number[] = [];

  function watch(): void {
    void handle.ended.then(async (error) => {
      if (expected) return;
      const cause = error ?? new Error('the thread ended by itself');
      options.onCrash(cause);
      const now = performance.now();
      crashes = [...crashes.filter((at) => now - at < withinMs), now];
      if (crashes.length >= giveUpAfter) {
        options.onGiveUp(cause);
        return;
      }
      restarts += 1;
      await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** crashes.length));
      if (expected) return;
      handle = options.start();
      watch();
      try {
        await options.ready(handle);
        options.restarted(handle);
      } catch (failure) {
        if (!expected) options.onGiveUp(failure as Error);
      }
    });
  }
  watch();

  return {
    handle: () => handle,
    restarts: () => restarts,
    expectEnd() {
      expected = true;
    },
  };
}
