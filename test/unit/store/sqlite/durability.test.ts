import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openReader, openWriter } from '../../../../src/main/store/index.js';
import { migrations } from '../../../../src/main/store/sqlite/migrations/index.js';
import { migrate, version } from '../../../../src/main/store/sqlite/migrator.js';
import { folder, plainExchange, sealKey, store } from '../support.js';

describe('after a crash', () => {
  it('has exactly what it acknowledged or one batch more, never half of one', async () => {
    const path = join(folder(), 'sluice.db');
    // Each round kills the writer in the middle of its work and goes on with what is left.
    let acknowledged = 0;
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-writer.mjs'), path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.setEncoding('utf8');
      for await (const text of child.stdout) {
        output += text;
        acknowledged = Math.max(acknowledged, ...output.trim().split('\n').map(Number));
        if (output.split('\n').length > 12 + round * 7) break;
      }
      child.kill('SIGKILL');
      await once(child, 'exit');
      const writer = openWriter(path, { sealKey });
      const [batches, total] = (writer.cursor() ?? '0:0').split(':').map(Number) as [number, number];
      const stored = writer.counts().stored;
      writer.close();
      const db = new Database(path);
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(db.prepare('SELECT count(*) FROM exchanges').pluck().get()).toBe(stored);
      expect(db.prepare('SELECT sum(refs) FROM chunk_refs').pluck().get()).toBe(stored * 2);
      db.close();
      expect(stored).toBe(batches * batchSize);
      expect(total).toBe(stored);
      expect(batches).toBeGreaterThanOrEqual(acknowledged);
      expect(batches).toBeGreaterThan(0);
    }
  });

  const batchSize = 5;
});

describe('opening', () => {
  it('makes an empty store, and changes nothing at the second time', () => {
    const path = join(folder(), 'sluice.db');
    openWriter(path, { sealKey }).close();
    const schema = () => {
      const db = new Database(path);
      const rows = db.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all();
      const found = { rows, version: version(db) };
      db.close();
      return found;
    };
    const first = schema();
    expect(first.version).toBe(migrations.length);
    openWriter(path, { sealKey }).close();
    expect(schema()).toEqual(first);
  });

  it('brings a store up to date also when it is opened for reading first', () => {
    const path = join(folder(), 'sluice.db');
    writeFileSync(path, '');
    const reader = openReader(path, { sealKey });
    expect(reader.countTraces('')).toBe(0);
    reader.close();
  });

  it('makes files that only their owner can read', () => {
    const path = join(folder(), 'sluice.db');
    const writer = openWriter(path, { sealKey });
    writer.save(plainExchange());
    const files = [path, `${path}-wal`, `${path}-shm`];
    // Windows has no such modes: the folder's rights hold there.
    if (process.platform !== 'win32') for (const file of files) expect(statSync(file).mode & 0o077, file).toBe(0);
    writer.close();
  });

  it('migrates an older store step by step, each with its number in one transaction', () => {
    const db = new Database(join(folder(), 'old.db'));
    const next = migrations.length + 1;
    const add = { id: next, name: 'second', up: (on: Database.Database) => on.exec('CREATE TABLE added (x)') };
    const fail = {
      id: next + 1,
      name: 'third',
      up: (on: Database.Database) => {
        on.exec('CREATE TABLE half (x)');
        throw new Error('no room');
      },
    };
    migrate(db, migrations);
    expect(() => migrate(db, [...migrations, add, fail])).toThrow('no room');
    expect(version(db)).toBe(next);
    const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE name IN ('added', 'half')`).pluck().all();
    expect(tables).toEqual(['added']);
    db.close();
  });

  it('refuses a store of a newer version, for writing and for reading, and leaves it as it is', () => {
    const path = join(folder(), 'sluice.db');
    openWriter(path, { sealKey }).close();
    const db = new Database(path);
    db.pragma('user_version = 999');
    db.close();
    const newer = expect.objectContaining({ code: 'data_dir_newer' });
    expect(() => openWriter(path, { sealKey })).toThrow(newer);
    expect(() => openReader(path, { sealKey })).toThrow(newer);
  });

  it('names what is wrong with a path or a key', () => {
    expect(() => openReader(join(folder(), 'none.db'), { sealKey })).toThrow(
      expect.objectContaining({ code: 'data_dir_unwritable' }),
    );
    expect(() => openWriter(join(folder(), 'x.db'), { sealKey: new Uint8Array(5) })).toThrow(
      expect.objectContaining({ code: 'key_invalid' }),
    );
  });
});

describe('a reader', () => {
  it('neither waits for the writer nor holds it up, and sees whole batches only', () => {
    const { writer, reader } = store();
    const list = { query: '', limit: 100, cursor: null };
    writer.transaction(() => {
      writer.save(plainExchange());
      expect(reader.exchanges(list).items).toHaveLength(0);
      writer.save(plainExchange());
    });
    expect(reader.exchanges(list).items).toHaveLength(2);
    const pages = reader.iterateTraces('');
    expect([...pages]).toEqual([]);
    writer.save(plainExchange());
    expect(reader.exchanges(list).items).toHaveLength(3);
  });
});

describe('filters and jobs', () => {
  it('are kept, renewed by name or id, and paged newest first', async () => {
    const { writer, reader } = store();
    const { writes } = writer;
    const filter = await writes.saveFilter({ scope: 'traces', name: 'Mine', query: 'label:accepted' });
    const renewed = await writes.saveFilter({ scope: 'traces', name: 'Mine', query: 'label:rejected' });
    expect(renewed).toEqual({ ...filter, query: 'label:rejected' });
    const own = () => reader.savedFilters().filter(({ name }) => ['Mine', 'Bad'].includes(name));
    expect(own()).toEqual([renewed]);
    await expect(writes.saveFilter({ scope: 'traces', name: 'Bad', query: 'lable:x' })).rejects.toMatchObject({
      code: 'query_invalid',
    });
    expect(await writes.deleteFilter(filter.filter_id)).toBe(true);
    expect(await writes.deleteFilter(filter.filter_id)).toBe(false);

    const job = (n: number, state: 'running' | 'done') => ({
      job_id: `01940000-0000-7000-8000-00000000000${n}`,
      kind: 'export',
      title: `Job ${n}`,
      state,
      progress: null,
      work: null,
      message: '',
      params: {},
      result: null,
      error: null,
      created_at: `2026-11-21T00:00:0${n}Z`,
      started_at: null,
      ended_at: null,
    });
    for (const n of [1, 2, 3]) await writes.saveJob(job(n, 'running'));
    await writes.saveJob(job(2, 'done'));
    const first = reader.jobs(null, 2);
    expect(first.items.map(({ title, state }) => [title, state])).toEqual([
      ['Job 3', 'running'],
      ['Job 2', 'done'],
    ]);
    expect(reader.jobs(first.next_cursor, 2)).toEqual({ items: [job(1, 'running')], next_cursor: null });
    expect(reader.job(job(2, 'done').job_id)).toEqual(job(2, 'done'));
    expect(reader.job('nope')).toBeNull();
    await writes.saveJob({ ...job(4, 'done'), kind: 'import' });
    const exports = reader.jobs(null, 2, 'export');
    expect(exports.items.map(({ title }) => title)).toEqual(['Job 3', 'Job 2']);
    expect(reader.jobs(exports.next_cursor, 2, 'export').items.map(({ title }) => title)).toEqual(['Job 1']);
    expect(reader.jobs(null, 2, 'leaks')).toEqual({ items: [], next_cursor: null });
    // A list is for looking: ids by the thousand are with the job itself.
    const params = { options: { trace_ids: Array.from({ length: 10_000 }, () => job(1, 'done').job_id) } };
    await writes.saveJob({ ...job(5, 'done'), params });
    expect(reader.jobs(null, 1).items).toEqual([{ ...job(5, 'done'), params: null }]);
    expect(reader.job(job(5, 'done').job_id)?.params).toEqual(params);
  });
});
