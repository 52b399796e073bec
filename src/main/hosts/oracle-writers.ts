import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Counts, DomainOrder, Writers } from '../oracle/index.js';
import { startWorker, type WorkerHandle } from '../threads/worker-handle.js';
import { packageRoot } from './paths.js';

/** Threads that write a run's domains, one a core; ended with what they do once the signal says so. */
export function oracleWriters(folders: readonly string[], signal: AbortSignal): Writers & { end(): Promise<void> } {
  const entry = new URL(`file://${join(packageRoot, 'out', 'main', 'oracle-thread.js')}`);
  const told = new Map<string, (counts: Counts) => void>();
  const idle: WorkerHandle<DomainOrder>[] = [];
  const all: WorkerHandle<DomainOrder>[] = [];
  const begin = () => {
    const handle = startWorker<DomainOrder, { domain: string; counts: Counts }>(
      entry,
      { folders },
      ({ domain, counts }) => told.get(domain)?.(counts),
      // All that it makes dies young, and is much.
      { maxYoungGenerationSizeMb: 192 },
    );
    all.push(handle);
    return handle;
  };
  const end = async () => {
    await Promise.all(all.map((handle) => handle.terminate()));
  };
  signal.addEventListener('abort', () => void end(), { once: true });
  return {
    atOnce: availableParallelism(),
    async write(order, progress) {
      if (signal.aborted) return null;
      told.set(order.domain, progress);
      const handle = idle.pop() ?? begin();
      try {
        const made = await handle.request(order);
        idle.push(handle);
        return made as Awaited<ReturnType<Writers['write']>>;
      } catch (error) {
        // What was ended with the run is no failure of it.
        if (signal.aborted) return null;
        throw error;
      }
    },
    end,
  };
}
