import type { Handlers } from '../../../shared/contract/operation.js';
import type { duplicatesContract, qualityContract } from '../../../shared/contract/quality.js';
import { found } from '../../../shared/errors.js';
import { parseQuery } from '../../../shared/query/index.js';
import { dedupeKind, qualityKind, qualityVersion } from '../../review/index.js';
import type { EngineContext } from '../context.js';

const minute = 60_000;

/** Scores of the rules, every hour or as the settings say, and near-duplicates. */
export function qualityPart(context: EngineContext) {
  const { startJob, settings, log } = context;
  const { reads } = context.reading;

  const quality: Handlers<typeof qualityContract> = {
    of: async ({ trace_id }) => found(await reads.traceQuality(trace_id, qualityVersion), 'trace'),
    values: ({ trace_ids }) => reads.qualityValues(trace_ids),
    start({ query, all }) {
      // A query that does not parse is told at once, not by the job.
      parseQuery(query, 'traces');
      return startJob(qualityKind.id, query === '' ? qualityKind.title : `${qualityKind.title} of ${query}`, {
        query,
        all,
      });
    },
  };
  const duplicates: Handlers<typeof duplicatesContract> = {
    start({ query, level, threshold }) {
      parseQuery(query, 'traces');
      return startJob(dedupeKind.id, `${dedupeKind.title} by ${level}`, { query, level, threshold });
    },
    clusters: ({ level, cursor, limit }) => reads.nearClusters(level, cursor ?? null, limit),
    members: async ({ cluster_id, cursor, limit }) =>
      found(await reads.nearMembers(cluster_id, cursor ?? null, limit), 'cluster'),
  };

  /** When the last run began; the start of the engine where there was none. */
  let last = Date.now();
  const running = () =>
    context
      .jobs()
      .active()
      .some(({ kind, state }) => kind === qualityKind.id && (state === 'queued' || state === 'running'));

  async function scoreWhenDue(): Promise<void> {
    try {
      const every = settings.current().quality_every_minutes;
      if (every === 0 || Date.now() - last < every * minute) return;
      if (running()) return;
      last = Date.now();
      await startJob(qualityKind.id, qualityKind.title, { query: '', all: false });
    } catch (error) {
      log.error({ name: (error as Error).name }, 'quality_failed');
    }
  }

  let timer: NodeJS.Timeout | undefined;
  return {
    id: 'quality',
    services: { quality, duplicates },
    begin(): void {
      const newest = context.reader.jobs(null, 1, qualityKind.id).items[0];
      if (newest !== undefined) last = Date.parse(newest.created_at);
      timer = setInterval(() => void scoreWhenDue(), minute).unref();
    },
    end: () => clearInterval(timer),
  };
}
