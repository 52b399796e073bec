import { closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { SluiceError } from '../../../shared/errors.js';
import { installWildcard } from '../find/wildcard.js';
import { shuffled } from '../text/drawn.js';
import { migrations } from './migrations/index.js';
import { assertReadable, migrate, version } from './migrator.js';

/** Loads SQLite into this thread, so that what opens a database later may be interrupted. */
export function loadSqlite(): void {
  new Database(':memory:').close();
}

/** Opens the database for its one writer; creates and migrates it. */
export function openForWriting(path: string): Database.Database {
  const db = opened(path, () => {
    // Made for its owner alone; SQLite gives the log and its index the same mode.
    closeSync(openSync(path, 'a', 0o600));
    return new Database(path, { timeout: 10_000 });
  });
  return set(db, () => {
    // Pages of a small size keep a small database small; must come before the first table.
    db.pragma('page_size = 4096');
    // Free pages can be given back a few at a time, without writing the file anew; must come before the first table too.
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    // The journal deletes what the store says it has. FULL syncs at every commit, so that this holds after a power cut
    // too; NORMAL would keep the database whole but could lose the last commits.
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    // Deleted content is overwritten in the file, not left in free pages.
    db.pragma('secure_delete = ON');
    // Pages that are written again and again (and they are) go into the database once; idle, the log is emptied.
    db.pragma('wal_autocheckpoint = 4000');
    db.pragma('journal_size_limit = 1048576');
    tune(db, memory.rows);
    migrate(db, migrations);
  });
}

/**
 * Opens the database for reading beside the writer, in this process or another.
 * @param use whether whole lists are searched, or what has been found is read
 */
export function openForReading(path: string, use: keyof typeof memory = 'rows'): Database.Database {
  const open = () => new Database(path, { readonly: true, fileMustExist: true, timeout: 10_000 });
  let db = opened(path, open);
  if (version(db) < migrations.length) {
    // Left by an older version, or by one that was killed when it had only made the file.
    db.close();
    openForWriting(path).close();
    db = opened(path, open);
  }
  return set(db, () => {
    db.pragma('query_only = ON');
    tune(db, memory[use]);
    assertReadable(db, migrations);
  });
}

/**
 * Bytes of pages that a connection keeps, and of the file that it maps. What is mapped counts as this process's memory, once
 * for each connection; what is not lies in the system's own cache all the same.
 */
const memory = {
  lists: { cache: 64 << 20, mapped: 1 << 30 },
  rows: { cache: 32 << 20, mapped: 0 },
};

function tune(db: Database.Database, { cache, mapped }: (typeof memory)['rows']): void {
  installWildcard(db);
  db.function('shuffled', { deterministic: true }, (seed, id) => shuffled(Number(seed), String(id)));
  // What is sorted or materialised must not leave captured text in a temporary file.
  db.pragma('temp_store = MEMORY');
  db.pragma(`cache_size = -${cache >> 10}`);
  db.pragma(`mmap_size = ${mapped}`);
}

function opened(path: string, open: () => Database.Database): Database.Database {
  try {
    return open();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError('data_dir_unwritable', `The database ${path} cannot be opened: ${reason}`, undefined, {
      cause,
    });
  }
}

function set(db: Database.Database, prepare: () => void): Database.Database {
  try {
    prepare();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
