import type { Json } from '../../../../shared/model/index.js';
import { isSentKey, sentKey } from '../../../../shared/sent-keys.js';
import { type Packed, unpackJson } from '../../codec/pack.js';
import { keysOf, lineageKey } from '../../lookups/lineage-keys.js';
import { toolCallKeys } from '../../save/tool-calls.js';
import { selectSteps, stepOf } from '../../sqlite/rows/step.js';
import {
  argumentsTextRow,
  placesPerTrace,
  resultTextRow,
  stepTextRow,
  titleRow,
  traceOfRow,
} from '../../sqlite/schema.js';
import { callText, jsonText, stepText } from '../../text/step-text.js';
import type { RewriteDependencies } from './dependencies.js';
import type { Texts } from './texts.js';

/** What a step says itself; what it shows of a message or a tool call is rewritten there. */
export function stepRewriter({ db, statements, text, touch }: RewriteDependencies, texts: Texts) {
  const find = statements.prepare<{ id: number }>()((_, p) => selectSteps().where('s.id', '=', p('id')));
  const update = db.prepare('UPDATE steps SET data = ? WHERE id = ?');
  return (id: number): void => {
    const row = find.get({ id });
    const data = row === undefined ? null : texts.packed(row.data);
    if (row === undefined || data === null) return;
    if (row.tool_call === null) {
      text.replace(stepTextRow(id), stepText(stepOf(row)), stepText(stepOf({ ...row, data })));
    }
    update.run(data, id);
    touch(traceOfRow(id));
    texts.count('steps');
  };
}

interface ToolCallRow {
  id: number;
  tool_call_id: string;
  call: number | null;
  name: string;
  at: number;
  arguments: Packed;
  result: Packed | null;
  metadata: string;
  effect_keys: Buffer | null;
  session_key: string | null;
}

export function toolCallRewriter({ db, text, making, touch }: RewriteDependencies, texts: Texts) {
  const find = db.prepare<[number], ToolCallRow>(
    `SELECT k.id, k.tool_call_id, k.call, n.value AS name, k.at, k.arguments, k.result, k.metadata, k.effect_keys,
            c.session_key
       FROM tool_calls AS k JOIN terms AS n ON n.id = k.tool LEFT JOIN calls AS c ON c.id = k.call WHERE k.id = ?`,
  );
  const update = db.prepare(
    'UPDATE tool_calls SET tool_call_id = ?, arguments = ?, result = ?, metadata = ?, effect_keys = ? WHERE id = ?',
  );
  const dropKey = db.prepare('DELETE FROM lineage WHERE key = ? AND call = ?');
  const addKey = db.prepare('INSERT OR IGNORE INTO lineage (key, call, tool_call) VALUES (?, ?, ?)');
  const dropEffectKey = db.prepare('DELETE FROM tool_call_keys WHERE key = ? AND at = ? AND tool_call = ?');
  const addEffectKey = db.prepare('INSERT OR IGNORE INTO tool_call_keys (key, at, tool_call) VALUES (?, ?, ?)');
  return (id: number): void => {
    const row = find.get(id);
    if (row === undefined) return;
    const args = texts.packed(row.arguments);
    const result = row.result === null ? null : texts.packed(row.result);
    const metadata = texts.json(row.metadata);
    const toolCallId = texts.named('tool_call_id', row.tool_call_id);
    if (args === null && result === null && metadata === row.metadata && toolCallId === row.tool_call_id) return;
    let effectKeys = row.effect_keys;
    if (args !== null) {
      const before = unpackJson(row.arguments);
      const after = unpackJson(args);
      text.replace(argumentsTextRow(id), callText(row.name, before), callText(row.name, after));
      const [old, now] = [making.effectKeys(row.name, before), making.effectKeys(row.name, after)];
      const next = swapped(row.effect_keys, old, now) ?? swapped(row.effect_keys, old.map(sentKey), now.map(sentKey));
      if (next !== null && row.effect_keys !== null) {
        for (const key of keysOf(row.effect_keys)) dropEffectKey.run(key, row.at, id);
        for (const key of keysOf(next)) addEffectKey.run(key, row.at, id);
        effectKeys = next;
      }
    }
    if (result !== null && row.result !== null) {
      text.replace(resultTextRow(id), jsonText(unpackJson(row.result)), jsonText(unpackJson(result)));
    }
    if (toolCallId !== row.tool_call_id) {
      const sent = isSentKey(row.session_key);
      for (const { key, call } of toolCallKeys(id, row.call, row.tool_call_id, sent)) dropKey.run(key, call);
      for (const { key, call } of toolCallKeys(id, row.call, toolCallId, sent)) addKey.run(key, call, id);
    }
    update.run(toolCallId, args ?? row.arguments, result ?? row.result, metadata, effectKeys, id);
    touch(traceOfRow(id));
    texts.count('tool_calls');
  };
}

/** Keys with those of the old arguments replaced; null where none of them is there. */
function swapped(stored: Buffer | null, before: string[], after: string[]): Buffer | null {
  if (stored === null) return null;
  const keys = new Map(keysOf(stored).map((key) => [key.toString('hex'), key]));
  let changed = false;
  for (const key of before) changed = keys.delete(lineageKey('effect', key).toString('hex')) || changed;
  if (!changed) return null;
  for (const each of after) {
    const key = lineageKey('effect', each);
    keys.set(key.toString('hex'), key);
  }
  return Buffer.concat([...keys.values()]);
}

interface EffectRow {
  id: number;
  trace: number | null;
  tool_call: number | null;
  tool_call_id: string | null;
  server: string;
  name: string;
  arguments: Packed;
  result: Packed | null;
  joined: string | null;
  keys: Buffer;
}

export function effectRewriter({ db, making, touch }: RewriteDependencies, texts: Texts) {
  const find = db.prepare<[number], EffectRow>(
    'SELECT id, trace, tool_call, tool_call_id, server, name, arguments, result, joined, keys FROM effects WHERE id = ?',
  );
  const update = db.prepare(
    `UPDATE effects SET tool_call_id = ?, server = ?, name = ?, arguments = ?, result = ?, joined = ?, keys = ? WHERE id = ?`,
  );
  const dropKey = db.prepare('DELETE FROM effect_keys WHERE key = ? AND effect = ?');
  const addKey = db.prepare('INSERT OR IGNORE INTO effect_keys (key, effect) VALUES (?, ?)');
  return (id: number): void => {
    const row = find.get(id);
    if (row === undefined) return;
    const args = texts.packed(row.arguments);
    const result = row.result === null ? null : texts.packed(row.result);
    const server = texts.plain(row.server);
    const name = texts.plain(row.name);
    const joined = texts.jsonOrNull(row.joined);
    const toolCallId = row.tool_call_id === null ? null : texts.named('tool_call_id', row.tool_call_id);
    const same = server === row.server && name === row.name && joined === row.joined && toolCallId === row.tool_call_id;
    if (args === null && result === null && same) return;
    const keysFor = (tool: string, packed: Packed) => making.effectKeys(tool, unpackJson<Json>(packed));
    const keys = swapped(row.keys, keysFor(row.name, row.arguments), keysFor(name, args ?? row.arguments)) ?? row.keys;
    // Claimed ones are not looked for any more.
    if (row.tool_call === null && !keys.equals(row.keys)) {
      for (const key of keysOf(row.keys)) dropKey.run(key, id);
      for (const key of keysOf(keys)) addKey.run(key, id);
    }
    update.run(toolCallId, server, name, args ?? row.arguments, result ?? row.result, joined, keys, id);
    if (row.trace !== null) touch(row.trace);
    texts.count('effects');
  };
}

interface TraceRow {
  id: number;
  title: string;
  source: string;
  metadata: string | null;
  models: string;
  tool_names: string;
  tags: string;
  note: string;
  reviewer: string | null;
  consent: string | null;
  qa_results: string | null;
}

/** A trace's own texts, and what people said of it. */
export function traceRewriter({ db, text, touch }: RewriteDependencies, texts: Texts) {
  const find = db.prepare<[number], TraceRow>(
    'SELECT id, title, source, metadata, models, tool_names, tags, note, reviewer, consent, qa_results FROM traces WHERE id = ?',
  );
  const update = db.prepare(
    `UPDATE traces SET title = ?, source = ?, metadata = ?, models = ?, tool_names = ?, tags = ?, note = ?, reviewer = ?,
      consent = ?, qa_results = ? WHERE id = ?`,
  );
  const beside = [
    { table: 'review_events', columns: ['review'], json: true },
    { table: 'consent_events', columns: ['consent'], json: true },
    { table: 'scores', columns: ['name', 'explanation', 'rubric_id', 'rubric_version', 'judge_model'], json: false },
  ].map(({ table, columns, json }) => ({
    table,
    columns,
    json,
    all: db.prepare(`SELECT uid, ${columns.join(', ')} FROM ${table} WHERE trace = ?`),
    update: db.prepare(
      `UPDATE ${table} SET ${columns.map((name) => `${name} = ?`).join(', ')} WHERE trace = ? AND uid = ?`,
    ),
  }));
  return (id: number): void => {
    const row = find.get(id);
    if (row === undefined) return;
    const next = {
      title: texts.plain(row.title),
      source: texts.json(row.source),
      metadata: texts.jsonOrNull(row.metadata),
      models: texts.json(row.models),
      tool_names: texts.json(row.tool_names),
      tags: texts.json(row.tags),
      note: texts.plain(row.note),
      reviewer: texts.orNull(row.reviewer),
      consent: texts.jsonOrNull(row.consent),
      qa_results: texts.jsonOrNull(row.qa_results),
    };
    const columns = Object.keys(next) as (keyof typeof next)[];
    if (columns.some((column) => next[column] !== row[column])) {
      if (next.title !== row.title) text.replace(stepTextRow(titleRow(id)), row.title, next.title);
      update.run(...columns.map((column) => next[column]), id);
      touch(id);
      texts.count('traces');
    }
    for (const { table, columns: names, json, all, update: set } of beside) {
      for (const each of all.all(id) as { uid: Buffer; [column: string]: string | null | Buffer }[]) {
        const before = names.map((name) => each[name] as string | null);
        const after = before.map((value) => (json ? texts.jsonOrNull(value) : texts.orNull(value)));
        if (after.every((value, index) => value === before[index])) continue;
        set.run(...after, id, each.uid);
        touch(id);
        texts.count(table);
      }
    }
  };
}

/** Columns of text or JSON, packed or not, that nothing else hangs on. `owner`: what says whose they are. */
export function columnRewriter(
  { db, touch }: RewriteDependencies,
  texts: Texts,
  table: string,
  columns: { packed?: string[]; packedText?: string[]; json?: string[]; plain?: string[] },
  owner: 'trace' | 'row' | null = 'trace',
) {
  const { packed = [], packedText = [], json = [], plain = [] } = columns;
  const names = [...packed, ...packedText, ...json, ...plain];
  const trace = { trace: 'trace', row: `id / ${placesPerTrace}`, none: 'NULL' }[owner ?? 'none'];
  const find = db.prepare(`SELECT id, ${names.join(', ')}, ${trace} AS owner FROM ${table} WHERE id = ?`);
  const update = db.prepare(`UPDATE ${table} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`);
  return (id: number): void => {
    const row = find.get(id) as { [column: string]: Packed | number | null } | undefined;
    if (row === undefined) return;
    const after = names.map((name) => {
      const value = row[name] as Packed | null;
      if (value === null) return null;
      if (packed.includes(name)) return texts.packed(value) ?? value;
      if (packedText.includes(name)) return texts.packedText(value) ?? value;
      return json.includes(name) ? texts.json(value as string) : texts.plain(value as string);
    });
    if (after.every((value, index) => value === row[names[index] as string])) return;
    update.run(...after, id);
    if (row.owner !== null) touch(row.owner as number);
    texts.count(table);
  };
}

/** What an earlier record left for later ones. */
export function noteRewriter({ db }: RewriteDependencies, texts: Texts): () => void {
  return () => {
    const update = db.prepare('UPDATE notes SET value = ? WHERE key = ?');
    for (const { key, value } of db.prepare('SELECT key, value FROM notes').all() as { key: Buffer; value: Packed }[]) {
      const next = texts.packed(value);
      if (next === null) continue;
      update.run(next, key);
      texts.count('notes');
    }
  };
}

/** A job's record: only what people typed and what it tells in words; paths and ids are used again as they are. */
export function jobRewriter({ db }: RewriteDependencies, texts: Texts) {
  const find = db.prepare('SELECT job FROM jobs WHERE id = ?').pluck();
  const update = db.prepare('UPDATE jobs SET job = ? WHERE id = ?');
  return (id: number): void => {
    const before = find.get(id) as string | undefined;
    if (before === undefined) return;
    const after = JSON.stringify(rewrittenTexts(JSON.parse(before) as Json, texts));
    if (after === before) return;
    update.run(after, id);
    texts.count('jobs');
  };
}

const textKeys: ReadonlySet<string> = new Set(['title', 'message', 'query', 'reason', 'where', 'name', 'test_command']);

function rewrittenTexts(value: Json, texts: Texts): Json {
  if (Array.isArray(value)) return value.map((each) => rewrittenTexts(each, texts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      textKeys.has(key) ? withTexts(each, texts) : rewrittenTexts(each, texts),
    ]),
  );
}

/** A text, or a list of them, such as a command. */
function withTexts(value: Json, texts: Texts): Json {
  if (typeof value === 'string') return texts.plain(value);
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
    ? value.map((each) => texts.plain(each as string))
    : rewrittenTexts(value, texts);
}
