import type { DomainOrder, Figures, FiguresOrder, OracleThreads, Statistics } from '../oracle/index.js';
import { startWorker, type WorkerHandle } from '../threads/worker-handle.js';

export type OracleRequest = { domain: DomainOrder } | { figures: FiguresOrder };
export interface OracleEvent {
  domain: string;
  soFar: Statistics;
}

interface Threads {
  /** Built entry of the thread. */
  entry: URL;
  /** Where the domains lie. */
  folders: readonly string[];
  atOnce: number;
}

/** Threads that write a run's domains and work out its figures; ended with what they do once the signal says so. */
export function oracleThreads({ entry, folders, atOnce }: Threads, signal: AbortSignal): OracleThreads {
  const told = new Map<string, (soFar: Statistics) => void>();
  const idle: WorkerHandle<OracleRequest>[] = [];
  const all: WorkerHandle<OracleRequest>[] = [];
  const begin = () => {
    const handle = startWorker<OracleRequest, OracleEvent>(
      entry,
      { folders },
      ({ domain, soFar }) => told.get(domain)?.(soFar),
      // All that it makes dies young, and is much.
      { maxYoungGenerationSizeMb: 192 },
    );
    all.push(handle);
    return handle;
  };
  const asked = async (request: OracleRequest): Promise<unknown> => {
    const handle = idle.pop() ?? begin();
    const answer = await handle.request(request);
    idle.push(handle);
    return answer;
  };
  const end = async () => {
    await Promise.all(all.map((handle) => handle.terminate()));
  };
  signal.addEventListener('abort', () => void end(), { once: true });
  return {
    atOnce,
    async write(order, progress) {
      if (signal.aborted) return null;
      told.set(order.domain, progress);
      try {
        return (await asked({ domain: order })) as Awaited<ReturnType<OracleThreads['write']>>;
      } catch (error) {
        // What was ended with the run is no failure of it.
        if (signal.aborted) return null;
        throw error;
      }
    },
    figures: (order) => asked({ figures: order }) as Promise<Figures>,
    end,
  };
}
