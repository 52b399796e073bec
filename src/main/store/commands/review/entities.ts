import type { Database } from 'better-sqlite3';
import { type Packed, packText, unpackText } from '../../codec/pack.js';
import { uidBytes, uidText } from '../../codec/uid.js';

/** A row as acts keep it: ids and packed text as text. Traces and queues are named by their row's id. */
export type State = { [column: string]: string | number | null };

/** How a column lies in its table. */
type Column = 'plain' | 'uid' | 'packed';
type Columns = { readonly [column: string]: Column };

const label: Columns = {
  trace: 'plain',
  reviewer: 'plain',
  created_at: 'plain',
  updated_at: 'plain',
  trace_revision: 'plain',
  comment: 'packed',
};

/** What a reviewer's acts change. A trace's review is columns of the trace: it is always there. */
const tables = {
  review: {
    table: 'traces',
    columns: {
      label: 'plain',
      rating: 'plain',
      tags: 'plain',
      note: 'plain',
      reviewed_at: 'plain',
      reviewed_revision: 'plain',
      reviewer: 'plain',
    },
  },
  correction: { table: 'corrections', columns: { ...label, what: 'packed' } },
  step_label: {
    table: 'step_labels',
    columns: { ...label, step: 'uid', value: 'plain', first_wrong: 'plain', better: 'packed' },
  },
  comparison: {
    table: 'comparisons',
    columns: {
      ...label,
      call: 'uid',
      other: 'plain',
      other_call: 'uid',
      other_revision: 'plain',
      preferred: 'plain',
    },
  },
  queue: {
    table: 'queues',
    columns: { name: 'plain', settings: 'packed', created_at: 'plain', updated_at: 'plain', deleted: 'plain' },
  },
  item: {
    table: 'queue_items',
    columns: {
      queue: 'plain',
      trace: 'plain',
      pass: 'plain',
      state: 'plain',
      reviewer: 'plain',
      second_due: 'plain',
      repeat_due: 'plain',
      held: 'plain',
      disputed: 'plain',
      assigned_at: 'plain',
      opened_at: 'plain',
      lease_until: 'plain',
      spent_ms: 'plain',
      submitted_at: 'plain',
      trace_revision: 'plain',
      label: 'plain',
      decision: 'packed',
    },
  },
} as const satisfies { [entity: string]: { table: string; columns: Columns } };

export type Entity = keyof typeof tables;

/** Reads and writes the rows of one entity by their uid. */
export function entityRows(db: Database, entity: Entity) {
  const { table, columns } = tables[entity] as { table: string; columns: Columns };
  const names = Object.keys(columns);
  const find = db.prepare(`SELECT id, ${names.join(', ')} FROM ${table} WHERE uid = ?`);
  const update = db.prepare(`UPDATE ${table} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE uid = ?`);
  const insert =
    entity === 'review'
      ? null
      : db.prepare(`INSERT INTO ${table} (uid, ${names.join(', ')}) VALUES (?, ${names.map(() => '?').join(', ')})`);
  const remove = entity === 'review' ? null : db.prepare(`DELETE FROM ${table} WHERE uid = ?`);
  return {
    /** The row and its id; null where there is none. */
    get(uid: Buffer): { id: number; state: State } | null {
      const row = find.get(uid) as ({ id: number } & { [column: string]: unknown }) | undefined;
      if (row === undefined) return null;
      const entries = names.map((name) => [name, shown(columns[name] as Column, row[name])]);
      return { id: row.id, state: Object.fromEntries(entries) as State };
    },
    /** Sets the row as it is to stand; null takes it away. */
    set(uid: Buffer, state: State | null): void {
      if (state === null) {
        remove?.run(uid);
        return;
      }
      const values = names.map((name) => stored(columns[name] as Column, state[name] ?? null));
      if (update.run(...values, uid).changes === 0) insert?.run(uid, ...values);
    },
  };
}

function shown(column: Column, value: unknown): State[string] {
  if (value === null) return null;
  if (column === 'uid') return uidText(value as Buffer);
  return column === 'packed' ? unpackText(value as Packed) : (value as string | number);
}

function stored(column: Column, value: State[string]): unknown {
  if (value === null) return null;
  if (column === 'uid') return uidBytes(value as string);
  return column === 'packed' ? packText(value as string) : value;
}
