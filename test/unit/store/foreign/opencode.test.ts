import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { opencodeSessions } from '../../../../src/main/store/foreign/opencode.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-opencode-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const exported = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../fixtures/import/opencode/export.json')).toString(),
) as {
  info: Record<string, unknown>;
  messages: { info: { id: string; time: { created: number } }; parts: object[] }[];
};

it('gives the sessions of a database that is still open as opencode exports them', () => {
  const path = join(folder, 'opencode.db');
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.exec(`CREATE TABLE session (id text PRIMARY KEY, project_id text, parent_id text, slug text, directory text, title text,
    version text, time_created integer, time_updated integer);
    CREATE TABLE message (id text PRIMARY KEY, session_id text, time_created integer, time_updated integer, data text);
    CREATE TABLE part (id text PRIMARY KEY, message_id text, session_id text, time_created integer, time_updated integer, data text);`);
  const { info, messages } = exported;
  const time = info['time'] as { created: number; updated: number };
  const insert = db.prepare('INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const row = [info['slug'], info['directory'], info['title'], info['version'], time.created, time.updated];
  insert.run(info['id'], info['projectID'], null, ...row);
  insert.run('ses_child', info['projectID'], info['id'], ...row.slice(0, 4), time.created + 1, time.updated);
  for (const { info: about, parts } of messages) {
    db.prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?)').run(
      about.id,
      info['id'],
      about.time.created,
      0,
      JSON.stringify({ ...about, id: undefined, sessionID: undefined }),
    );
    for (const [place, part] of parts.entries())
      db.prepare('INSERT INTO part VALUES (?, ?, ?, 0, 0, ?)').run(
        `${about.id}-${place}`,
        about.id,
        info['id'],
        JSON.stringify(part),
      );
  }
  const found = [...(opencodeSessions(path) ?? [])];
  expect(found).toHaveLength(2);
  // What the columns say of a part stands there, not in its text.
  const plain = messages.map((message) => ({
    ...message,
    parts: message.parts.map((part) => ({ ...part, id: undefined, messageID: undefined })),
  }));
  expect(JSON.parse(JSON.stringify(found[0]))).toMatchObject({ info, messages: JSON.parse(JSON.stringify(plain)) });
  expect(found[1]).toMatchObject({ info: { id: 'ses_child', parentID: info['id'] }, messages: [] });
  db.close();
});

it('says of another database that it is none', () => {
  const path = join(folder, 'other.db');
  const db = new Database(path);
  db.exec('CREATE TABLE session (id text)');
  db.close();
  expect(opencodeSessions(path)).toBeNull();
});
