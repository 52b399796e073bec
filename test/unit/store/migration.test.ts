import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openReader, openWriter } from '../../../src/main/store/index.js';
import { migrations } from '../../../src/main/store/migrations/index.js';
import { migrate, version } from '../../../src/main/store/migrator.js';
import { command, record } from './records.js';
import { agentRun, folder, plainExchange, sealKey, store } from './support.js';

const list = { query: '', limit: 50, cursor: null };

/** A database of the first format with the rows of another: as the first version would have left it. */
function firstFormat(from: string): string {
  const path = join(folder(), 'first.db');
  const db = new Database(path);
  migrate(db, migrations.slice(0, 1));
  // The text index's own tables are copied row by row, too.
  db.unsafeMode();
  db.exec(`ATTACH '${from}' AS newer`);
  const tables = db
    .prepare(
      `SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'texts'`,
    )
    .pluck()
    .all() as string[];
  for (const table of tables) {
    const columns = (db.pragma(`main.table_info("${table}")`) as { name: string }[]).map(({ name }) => `"${name}"`);
    db.exec(`DELETE FROM main."${table}"; INSERT INTO main."${table}" SELECT ${columns} FROM newer."${table}"`);
  }
  db.close();
  return path;
}

describe('the second format', () => {
  it('keeps everything of the first, counts it for the audit, and goes on from there', async () => {
    const now = store();
    agentRun(now, { turns: 3, ask: 'Where is the zanzibarium kept?' });
    const cut = plainExchange();
    cut.decoded.exchange.request.truncated = true;
    now.writer.save(cut);
    const id = now.reader.traces(list).items[0]?.trace_id ?? '';
    now.writer.close();
    const path = firstFormat(now.path);
    const old = new Database(path);
    expect(version(old)).toBe(1);
    expect(() => old.prepare('SELECT metadata FROM traces')).toThrow(/no such column/);
    old.close();

    const writer = openWriter(path, { sealKey });
    const reader = openReader(path, { sealKey });
    expect(reader.trace(id)).toEqual(now.reader.trace(id));
    expect(reader.audit()).toEqual(now.reader.audit());
    expect(reader.audit().truncated.request).toBe(1);
    const started = Date.parse(reader.trace(id)?.started_at ?? '') * 1000;
    writer.save(record(id, { steps: [command(started - 1, 'palimpsest')] }));
    expect(reader.trace(id)?.steps[0]).toMatchObject({ type: 'terminal_command' });
    for (const query of ['zanzibarium', 'palimpsest']) expect(reader.traces({ ...list, query }).items).toHaveLength(1);
    expect(await writer.writes.deleteTrace(id)).toBe(true);
    expect(reader.audit().edges).toEqual([]);
    const db = new Database(path);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.exec(`INSERT INTO texts (texts) VALUES ('integrity-check')`);
    db.close();
    reader.close();
    writer.close();
  });
});
