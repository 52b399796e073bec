import type { Tick } from '../../../shared/model/index.js';
import type { Writes } from '../../api/services.js';
import type { EngineContext } from '../context.js';

/** What is stored, what users write beside it, and who did what. */
export function storePart({ reading, commands, typed, tick, onTick, audit, threads, log }: EngineContext) {
  const changed = <T>(topics: Tick['topics'], result: T): T => {
    tick(topics);
    return result;
  };
  const writes: Writes = {
    setReview: async (traceId, patch) => changed(['reviews', 'traces'], await commands.setReview(traceId, patch)),
    deleteTrace: async (traceId) => changed(['traces', 'exchanges'], await commands.deleteTrace(traceId)),
    saveFilter: async (filter) => changed(['filters'], await commands.saveFilter(filter)),
    deleteFilter: async (filterId) => changed(['filters'], await commands.deleteFilter(filterId)),
  };
  return {
    id: 'store',
    services: { reads: reading.reads, writes: typed.writes(writes), audit, onTick },
    /** What is not stored by then waits in the journal for the next start. */
    async end(): Promise<void> {
      await threads.drain().catch((error: Error) => {
        log.warn({ pending: threads.pending(), name: error.name }, 'left_in_journal');
      });
    },
    endMs: 30_000,
  };
}
