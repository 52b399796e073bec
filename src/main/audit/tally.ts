import type { AuditEntry, NewAuditEntry } from '../../shared/model/index.js';

const hourMs = 3600_000;
/** Kinds of entries that are counted at the same time; the oldest is written down first. */
const most = 1000;

type Counted = Pick<NewAuditEntry, 'action' | 'actor' | 'details'>;

/**
 * Sums up what happens often. The first of its kind (action, actor, details) is written down at once with a count of 1; what
 * follows within an hour is one entry at the end of it, with its count. A process that is killed loses that second entry.
 *
 * @param now milliseconds
 */
export function createTally(record: (entry: NewAuditEntry) => Promise<AuditEntry>, now: () => number = Date.now) {
  const open = new Map<string, { entry: Counted; since: number; count: number }>();

  async function close(key: string): Promise<void> {
    const kind = open.get(key);
    if (kind === undefined) return;
    open.delete(key);
    if (kind.count === 0) return;
    const { entry, since, count } = kind;
    await record({ ...entry, details: { ...entry.details, count, since: new Date(since).toISOString() } });
  }

  async function closeOld(): Promise<void> {
    for (const [key, { since }] of [...open]) if (now() - since >= hourMs) await close(key);
  }

  const timer = setInterval(() => void closeOld().catch(() => undefined), 60_000).unref();
  return {
    async count(entry: Counted, times = 1): Promise<void> {
      const key = JSON.stringify([entry.action, entry.actor, entry.details ?? {}]);
      const kind = open.get(key);
      if (kind !== undefined && now() - kind.since < hourMs) {
        kind.count += times;
        return;
      }
      await close(key);
      if (open.size >= most) await close(open.keys().next().value as string);
      open.set(key, { entry, since: now(), count: 0 });
      await record({ ...entry, details: { ...entry.details, count: times } });
    },
    /** Writes down what was counted. */
    async end(): Promise<void> {
      clearInterval(timer);
      for (const key of [...open.keys()]) await close(key);
    },
  };
}
