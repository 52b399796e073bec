import { type Packed, unpackJson } from '../../codec/pack.js';
import { decodeDeltas, encodeDeltas } from '../../codec/varint.js';
import { fold, type TermScope } from '../../dictionaries/terms.js';
import { isCommon } from '../../save/exchange-terms.js';
import { argumentsTextRow } from '../../sqlite/schema.js';
import { callText } from '../../text/step-text.js';
import type { RewriteDependencies } from './dependencies.js';
import type { Texts } from './texts.js';

/** Values that come from outside; the others are words of our own. */
const foreign = new Set([
  'client',
  'session',
  'scenario',
  'sample',
  'mode',
  'host',
  'upstream',
  'model',
  'tool',
  'source',
  'method',
  'tag',
  'domain',
  'reviewer',
  'consent.subject',
  'licence',
  'terms',
]);

interface TermRow {
  id: number;
  field: string;
  value: string;
}

/** Values to filter by. One that becomes the same as another goes into that: rows that had it have the other then. */
export function termRewriter({ db, text, terms }: RewriteDependencies, texts: Texts) {
  const find = db.prepare<[number], TermRow>('SELECT id, field, value FROM terms WHERE id = ?');
  const same = db.prepare('SELECT id FROM terms WHERE field = ? AND folded = ? AND value = ?').pluck();
  const update = db.prepare('UPDATE terms SET folded = ?, value = ? WHERE id = ?');
  const callsOf = db.prepare('SELECT id, arguments FROM tool_calls WHERE tool = ?');
  const owners = (['trace', 'exchange'] as const).map((owner) => ({
    owner,
    scope: `${owner}s` as TermScope,
    having: db.prepare(`SELECT started_at, ${owner} AS id FROM ${owner}_terms WHERE term = ?`),
    listOf: db.prepare(`SELECT terms FROM ${owner}s WHERE id = ?`).pluck(),
    setList: db.prepare(`UPDATE ${owner}s SET terms = ? WHERE id = ?`),
    drop: db.prepare(`DELETE FROM ${owner}_terms WHERE term = ?`),
    add: db.prepare(`INSERT OR IGNORE INTO ${owner}_terms (term, started_at, ${owner}) VALUES (?, ?, ?)`),
  }));

  function merge(row: TermRow, value: string, to: number): void {
    for (const { owner, scope, having, listOf, setList, drop, add } of owners) {
      const rows = having.all(row.id) as { started_at: number; id: number }[];
      drop.run(row.id);
      for (const { started_at, id } of rows) {
        const list = new Set(decodeDeltas(listOf.get(id) as Buffer));
        list.delete(row.id);
        terms.count(scope, row.id, -1);
        if (!list.has(to)) terms.count(scope, to, 1);
        setList.run(encodeDeltas([...list.add(to)]), id);
        if (owner === 'trace' || !isCommon([row.field, value])) add.run(to, started_at, id);
      }
    }
    const moved = db.prepare('UPDATE tool_calls SET tool = ? WHERE tool = ?').run(to, row.id).changes;
    terms.count('tool_calls', row.id, -moved);
    terms.count('tool_calls', to, moved);
  }

  return (id: number): void => {
    const row = find.get(id);
    if (row === undefined || !foreign.has(row.field)) return;
    const value = texts.plain(row.value);
    if (value === row.value) return;
    if (row.field === 'tool') {
      for (const call of callsOf.all(id) as { id: number; arguments: Packed }[]) {
        const args = unpackJson(call.arguments);
        text.replace(argumentsTextRow(call.id), callText(row.value, args), callText(value, args));
      }
    }
    const to = same.get(row.field, fold(value), value) as number | undefined;
    if (to === undefined) update.run(fold(value), value, id);
    else merge(row, value, to);
    terms.forget();
    texts.count('terms');
  };
}

/** Small tables whose texts are their keys: rows that become the same are put together. */
export function smallTables({ db }: RewriteDependencies, texts: Texts): () => void {
  return () => {
    for (const row of db.prepare('SELECT name, server, seen_at FROM wire_tools').all() as {
      name: string;
      server: string;
      seen_at: number;
    }[]) {
      const [name, server] = [texts.plain(row.name), texts.plain(row.server)];
      if (name === row.name && server === row.server) continue;
      db.prepare('DELETE FROM wire_tools WHERE name = ? AND server = ?').run(row.name, row.server);
      db.prepare('INSERT OR REPLACE INTO wire_tools (name, server, seen_at) VALUES (?, ?, ?)').run(
        name,
        server,
        row.seen_at,
      );
      texts.count('wire_tools');
    }
    for (const row of db
      .prepare(`SELECT kind, name, count, total FROM capture_counts WHERE kind = 'unknown_event'`)
      .all() as {
      kind: string;
      name: string;
      count: number;
      total: number;
    }[]) {
      const name = texts.plain(row.name);
      if (name === row.name) continue;
      db.prepare('DELETE FROM capture_counts WHERE kind = ? AND name = ?').run(row.kind, row.name);
      db.prepare(
        `INSERT INTO capture_counts (kind, name, count, total) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET count = count + excluded.count, total = total + excluded.total`,
      ).run(row.kind, name, row.count, row.total);
      texts.count('capture_counts');
    }
    for (const row of db.prepare('SELECT scope, name, query FROM saved_filters').all() as {
      scope: string;
      name: string;
      query: string;
    }[]) {
      const [wanted, query] = [texts.plain(row.name), texts.plain(row.query)];
      if (wanted === row.name && query === row.query) continue;
      const taken = db.prepare('SELECT 1 FROM saved_filters WHERE scope = ? AND name = ?').pluck();
      let name = wanted;
      for (let number = 2; name !== row.name && taken.get(row.scope, name) !== undefined; number++) {
        name = `${wanted} ${number}`;
      }
      db.prepare('UPDATE saved_filters SET name = ?, query = ? WHERE scope = ? AND name = ?').run(
        name,
        query,
        row.scope,
        row.name,
      );
      texts.count('saved_filters');
    }
    for (const row of db.prepare('SELECT key, consent FROM consent_rules').all() as {
      key: string;
      consent: string;
    }[]) {
      const [key, consent] = [texts.plain(row.key), texts.json(row.consent)];
      if (key === row.key && consent === row.consent) continue;
      db.prepare('DELETE FROM consent_rules WHERE key = ?').run(row.key);
      db.prepare('INSERT OR REPLACE INTO consent_rules (key, consent) VALUES (?, ?)').run(key, consent);
      texts.count('consent_rules');
    }
  };
}
