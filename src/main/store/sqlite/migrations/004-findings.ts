import type { Database } from 'better-sqlite3';
import { bandOf } from '../../../../shared/model/index.js';
import { type Packed, unpackJson } from '../../codec/pack.js';
import { findingValue, placementOf } from '../../findings/finding-placement.js';
import type { Migration } from './migration.js';

/**
 * Findings that can be looked through. The findings of an exchange stay beside it as they are; here stands each value once
 * for the exchange and the placement it stood in, so that a history that is sent again and again adds few rows.
 * `findings.id` is the exchange's row times 1024 plus the number of the first such finding in the exchange's list; ids
 * below zero are of texts that a user typed, which belong to no exchange.
 */
export const findings: Migration = {
  id: 4,
  name: 'findings',
  up: (db) => {
    db.exec(`
      -- What findings have in common, each with the number of findings (not rows) that have it.
      CREATE TABLE finding_groups (
        id INTEGER PRIMARY KEY,
        entity TEXT NOT NULL,
        placement TEXT NOT NULL,
        detector TEXT NOT NULL,
        action TEXT NOT NULL,
        band TEXT NOT NULL,
        places INTEGER NOT NULL
      );
      CREATE UNIQUE INDEX finding_groups_by_all ON finding_groups (entity, placement, detector, action, band);

      CREATE TABLE findings (
        id INTEGER PRIMARY KEY,
        finding_group INTEGER NOT NULL,
        -- The pseudonym or surrogate; null for masks, which are the same for every value.
        value TEXT,
        places INTEGER NOT NULL
      );
      CREATE INDEX findings_by_group ON findings (finding_group);
      CREATE INDEX findings_by_value ON findings (value) WHERE value IS NOT NULL;

      -- data: the finding and the redacted text around it (JSON).
      CREATE TABLE typed_findings (
        id INTEGER PRIMARY KEY,
        trace INTEGER,
        at INTEGER NOT NULL,
        data BLOB NOT NULL
      );
      CREATE INDEX typed_findings_by_trace ON typed_findings (trace) WHERE trace IS NOT NULL;
    `);
    fillIn(db);
  },
};

interface Old {
  entity: string;
  path: string;
  detector: string;
  action: string;
  replacement: string;
  confidence: number;
}

/** Rows of the exchanges that are stored already. Roles of messages are not at hand here: their paths decide alone. */
function fillIn(db: Database): void {
  const addGroup = db.prepare(
    `INSERT INTO finding_groups (entity, placement, detector, action, band, places) VALUES (?, ?, ?, ?, ?, 0)`,
  );
  const count = db.prepare('UPDATE finding_groups SET places = ? WHERE id = ?');
  const add = db.prepare('INSERT INTO findings (id, finding_group, value, places) VALUES (?, ?, ?, ?)');
  const groups = new Map<string, { id: number | bigint; places: number }>();
  const contents = db.prepare<[number], { exchange: number; findings: Packed }>(
    'SELECT exchange, findings FROM exchange_contents WHERE exchange > ? AND findings IS NOT NULL ORDER BY exchange LIMIT 100',
  );
  // Page by page: a statement that is being stepped through keeps the connection from writing.
  for (let last = -1, page = contents.all(last); page.length > 0; page = contents.all(last)) {
    for (const { exchange, findings: packed } of page) {
      last = exchange;
      const rows = new Map<string, [number, number | bigint, string | null, number]>();
      for (const [index, found] of (unpackJson<never>(packed) as Old[]).entries()) {
        const { entity, path, detector, action, replacement, confidence } = found;
        const parts = [entity, placementOf(path), detector, action, bandOf(confidence)] as const;
        const key = parts.join('\n');
        let group = groups.get(key);
        if (group === undefined) {
          group = { id: addGroup.run(...parts).lastInsertRowid, places: 0 };
          groups.set(key, group);
        }
        group.places++;
        const value = findingValue(replacement);
        const row = rows.get(`${group.id} ${value}`);
        if (row === undefined) rows.set(`${group.id} ${value}`, [exchange * 1024 + index, group.id, value, 1]);
        else row[3]++;
      }
      for (const row of rows.values()) add.run(...row);
    }
  }
  for (const { id, places } of groups.values()) count.run(places, id);
}
