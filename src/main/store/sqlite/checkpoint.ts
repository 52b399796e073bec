import type { Database } from 'better-sqlite3';

/** Quiet for so long, and the log goes back into the database. */
const idleMs = 1000;

/**
 * Empties the write-ahead log when the writer has nothing to do: it holds old copies of what was deleted, and many
 * pages that the database file could hold itself.
 */
export function idleCheckpoint(db: Database): { soon(): void; now(): void; stop(): void } {
  let timer: NodeJS.Timeout | null = null;
  const stop = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const soon = () => {
    if (timer !== null) {
      timer.refresh();
      return;
    }
    // It must not keep a thread alive that has ended its work.
    timer = setTimeout(now, idleMs).unref();
  };
  const now = () => {
    stop();
    if (!db.open || db.inTransaction) return;
    // A reader in the middle of a page is not waited for; another try comes.
    db.pragma('busy_timeout = 0');
    const [{ busy }] = db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
    db.pragma('busy_timeout = 10000');
    if (busy !== 0) soon();
  };
  return { soon, now, stop };
}
