import type { Database } from 'better-sqlite3';

/** One step of the stored format. A released one never changes; a new step follows instead. */
export interface Migration {
  /** Counts from 1; the file's number and SQLite's user_version after it. */
  id: number;
  name: string;
  /** Runs inside the migrator's transaction. */
  up(db: Database): void;
}
