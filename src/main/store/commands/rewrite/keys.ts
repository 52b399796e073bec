import type { Database } from 'better-sqlite3';
import { keysOf, type LineageKind } from '../../lookups/lineage-keys.js';
import type { KeyChanges } from './rewriting.js';

/** A call's keys with those of its old words replaced by those of its new ones; null where none of them is stored. */
export function changedKeys(
  stored: Buffer,
  ways: KeyChanges[],
  single: [LineageKind, string | null, string | null][],
  /** How this call has its keys. */
  keyOf: (kind: LineageKind, value: string) => Buffer,
): Buffer | null {
  const keys = new Map(keysOf(stored).map((key) => [key.toString('hex'), key]));
  const gone: string[] = [];
  const come: Buffer[] = [];
  const has = (key: Buffer) => keys.has(key.toString('hex'));
  const swap = (kind: LineageKind, before: string | null, after: string | null): boolean => {
    if (before === null || before === after) return false;
    const old = keyOf(kind, before);
    if (!has(old)) return false;
    gone.push(old.toString('hex'));
    if (after !== null) come.push(keyOf(kind, after));
    return true;
  };
  for (const { slots, marks } of ways) {
    let answers = false;
    for (const { kind, before, after } of slots) {
      swap(kind, before, after);
      if (kind === 'response_chain' && before !== null) answers ||= has(keyOf(kind, before));
    }
    if (!answers) continue;
    for (const mark of marks.before) swap('response_chain', mark, null);
    for (const mark of marks.after) come.push(keyOf('response_chain', mark));
  }
  for (const [kind, before, after] of single) swap(kind, before, after);
  for (const key of gone) keys.delete(key);
  for (const key of come) keys.set(key.toString('hex'), key);
  const all = Buffer.concat([...keys.values()]);
  return all.equals(stored) ? null : all;
}

/** Lets a call be found by `after` instead of `before`. */
export function moveLineage(db: Database, call: number, before: Buffer, after: Buffer): void {
  const remove = db.prepare('DELETE FROM lineage WHERE key = ? AND call = ?');
  const add = db.prepare('INSERT OR IGNORE INTO lineage (key, call, tool_call) VALUES (?, ?, NULL)');
  const kept = new Set(keysOf(after).map((key) => key.toString('hex')));
  const had = new Set(keysOf(before).map((key) => key.toString('hex')));
  for (const key of keysOf(before)) if (!kept.has(key.toString('hex'))) remove.run(key, call);
  for (const key of keysOf(after)) if (!had.has(key.toString('hex'))) add.run(key, call);
}
