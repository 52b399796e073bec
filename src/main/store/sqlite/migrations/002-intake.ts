import type { Database } from 'better-sqlite3';
import { type Packed, unpackJson } from '../../codec/pack.js';
import type { Migration } from './migration.js';

/**
 * What others captured and what tools did on the wire. Only tables, columns and indexes are added; rows of before stay as
 * they are. Keys are 16 bytes of a hash. What capture health counts is counted once over what is stored already.
 */
export const intake: Migration = {
  id: 2,
  name: 'intake',
  up: (db) => {
    db.exec(`
      ALTER TABLE traces ADD COLUMN metadata TEXT;
      -- 0: steps are read in the order they came. From 1 on: by their time; counts how often some came late.
      ALTER TABLE traces ADD COLUMN step_order INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX traces_by_predecessor ON traces (predecessor) WHERE predecessor IS NOT NULL;

      -- Steps of the traces that are read by time.
      CREATE TABLE step_times (
        trace INTEGER NOT NULL,
        at INTEGER NOT NULL,
        step INTEGER NOT NULL,
        PRIMARY KEY (trace, at, step)
      ) WITHOUT ROWID;

      CREATE TABLE trace_keys (
        key BLOB PRIMARY KEY,
        trace INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX trace_keys_by_trace ON trace_keys (trace);
      CREATE TABLE event_ids (
        trace INTEGER NOT NULL,
        key BLOB NOT NULL,
        PRIMARY KEY (trace, key)
      ) WITHOUT ROWID;
      CREATE TABLE notes (
        key BLOB PRIMARY KEY,
        trace INTEGER NOT NULL,
        value BLOB NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX notes_by_trace ON notes (trace);

      CREATE TABLE effects (
        id INTEGER PRIMARY KEY,
        uid BLOB NOT NULL UNIQUE,
        exchange INTEGER NOT NULL,
        -- The tool call it is joined to, and its trace.
        trace INTEGER,
        tool_call INTEGER,
        tool_call_id TEXT,
        half BLOB,
        protocol TEXT NOT NULL,
        server TEXT NOT NULL,
        name TEXT NOT NULL,
        arguments BLOB NOT NULL,
        result BLOB,
        status TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER,
        -- JSON.
        joined TEXT,
        arguments_altered INTEGER NOT NULL DEFAULT 0,
        result_altered INTEGER,
        -- Its keys in effect_keys, one after the other.
        keys BLOB NOT NULL
      );
      CREATE INDEX effects_by_trace ON effects (trace, started_at, id) WHERE trace IS NOT NULL;
      CREATE INDEX effects_unclaimed ON effects (started_at, id) WHERE tool_call IS NULL;
      CREATE INDEX effects_by_tool_call ON effects (tool_call, id) WHERE tool_call IS NOT NULL;
      CREATE INDEX effects_by_tool_call_id ON effects (trace, tool_call_id) WHERE tool_call_id IS NOT NULL;
      CREATE INDEX effects_by_half ON effects (half, id) WHERE half IS NOT NULL;
      CREATE INDEX effects_by_exchange ON effects (exchange);
      -- Of effects that no tool call has claimed: claimed ones are not looked for.
      CREATE TABLE effect_keys (
        key BLOB NOT NULL,
        effect INTEGER NOT NULL,
        PRIMARY KEY (key, effect)
      ) WITHOUT ROWID;

      -- First effect of a tool call; joined, altered or never_sent; its keys in tool_call_keys, one after the other.
      ALTER TABLE tool_calls ADD COLUMN effect INTEGER;
      ALTER TABLE tool_calls ADD COLUMN effect_state TEXT;
      ALTER TABLE tool_calls ADD COLUMN effect_keys BLOB;
      CREATE INDEX tool_calls_by_effect ON tool_calls (effect_state, at, id) WHERE effect_state IS NOT NULL;
      CREATE TABLE tool_call_keys (
        key BLOB NOT NULL,
        at INTEGER NOT NULL,
        tool_call INTEGER NOT NULL,
        PRIMARY KEY (key, at, tool_call)
      ) WITHOUT ROWID;
      -- Tools that servers are known to serve over the wire, and when that was last seen.
      CREATE TABLE wire_tools (
        name TEXT NOT NULL,
        server TEXT NOT NULL,
        seen_at INTEGER NOT NULL,
        PRIMARY KEY (name, server)
      ) WITHOUT ROWID;

      CREATE TABLE witnesses (
        id INTEGER PRIMARY KEY,
        uid BLOB NOT NULL UNIQUE,
        trace INTEGER NOT NULL,
        call INTEGER NOT NULL,
        exchange INTEGER NOT NULL,
        source TEXT NOT NULL,
        at INTEGER NOT NULL,
        basis TEXT NOT NULL,
        disagreements BLOB NOT NULL
      );
      CREATE INDEX witnesses_by_trace ON witnesses (trace, at, id);

      -- What capture health shows: how many there are of each, and the sum of a measure of theirs.
      CREATE TABLE audit_counts (
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        count INTEGER NOT NULL,
        total REAL NOT NULL,
        PRIMARY KEY (kind, name)
      ) WITHOUT ROWID;
    `);
    countStored(db);
  },
};

interface Head {
  request: Side;
  response: Side | null;
  issues: { code: string }[];
  unknown_events: { [type: string]: number };
  decode_error: { code: string } | null;
}
interface Side {
  truncated: boolean;
  body: { kind: string; reason?: string };
}

function countStored(db: Database): void {
  const counts = new Map<string, { count: number; total: number }>();
  const add = (kind: string, name: string, count = 1, total = 0) => {
    const key = `${kind}\n${name}`;
    const existing = counts.get(key);
    if (existing === undefined) counts.set(key, { count, total });
    else Object.assign(existing, { count: existing.count + count, total: existing.total + total });
  };
  const contents = db.prepare<[], { head: Packed; format: string }>(
    'SELECT c.head, x.format FROM exchange_contents AS c JOIN exchanges AS x ON x.id = c.exchange',
  );
  for (const { head: packed, format } of contents.iterate()) {
    const head = unpackJson<never>(packed) as Head;
    for (const [side, message] of [
      ['request', head.request],
      ['response', head.response],
    ] as const) {
      if (message?.truncated) add('truncated', side);
      if (message?.body.kind === 'sealed') add('sealed', message.body.reason ?? 'binary');
    }
    const reasons = head.issues.map(({ code }) => code).filter((code) => code !== 'truncated' && code !== 'stream_cut');
    if (head.decode_error !== null) reasons.push(head.decode_error.code);
    for (const reason of new Set(reasons)) add('undecoded', reason);
    for (const [type, count] of Object.entries(head.unknown_events).slice(0, 50)) {
      add('unknown_event', `${format}\n${type}`.slice(0, 200), count);
    }
  }
  for (const { data } of db.prepare<[], { data: Packed }>('SELECT data FROM calls').iterate()) {
    const [[rule, basis, confidence]] = unpackJson<never>(data) as [[string, string, number]];
    add('edge', `${rule}\n${basis}`, 1, confidence);
  }
  const insert = db.prepare('INSERT INTO audit_counts (kind, name, count, total) VALUES (?, ?, ?, ?)');
  for (const [key, { count, total }] of counts) {
    const at = key.indexOf('\n');
    insert.run(key.slice(0, at), key.slice(at + 1), count, total);
  }
}
