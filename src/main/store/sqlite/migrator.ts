import type { Database } from 'better-sqlite3';
import { SluiceError } from '../../../shared/errors.js';
import type { Migration } from './migrations/migration.js';

/**
 * Brings a database to the newest format, each step with its version number in one transaction.
 * @throws SluiceError `data_dir_newer` where a newer Sluice wrote it
 */
export function migrate(db: Database, migrations: readonly Migration[]): void {
  assertReadable(db, migrations);
  for (const [index, migration] of migrations.entries()) {
    if (migration.id !== index + 1) throw new Error(`Migration ${migration.name} is out of order.`);
    if (migration.id <= version(db)) continue;
    db.transaction(() => {
      // Asked again under the lock: another process may just have done it.
      if (migration.id <= version(db)) return;
      migration.up(db);
      db.pragma(`user_version = ${migration.id}`);
    }).immediate();
  }
}

/** Refuses a format from the future, which this version would read wrongly. */
export function assertReadable(db: Database, migrations: readonly Migration[]): void {
  const found = version(db);
  if (found <= migrations.length) return;
  const message = `The database has format ${found}; this version of Sluice knows formats up to ${migrations.length}.`;
  throw new SluiceError('data_dir_newer', message, { found, known: migrations.length });
}

export function version(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}
