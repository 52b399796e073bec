import type { Migration } from './migration.js';

/**
 * What reviewers say besides a trace's review, queues that they work through, and what they did, act by act with its inverse.
 * Reviews of before name nobody.
 */
export const labels: Migration = {
  id: 13,
  name: 'labels',
  up: (db) => {
    db.exec(`
      -- Whoever said the trace's review last.
      ALTER TABLE traces ADD COLUMN reviewer TEXT;

      CREATE TABLE corrections (
        id INTEGER PRIMARY KEY,
        uid BLOB NOT NULL UNIQUE,
        trace INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        reviewer TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        trace_revision INTEGER NOT NULL,
        -- What is corrected and what it should have been (JSON).
        what BLOB NOT NULL,
        comment BLOB NOT NULL
      );
      CREATE INDEX corrections_by_trace ON corrections (trace);

      CREATE TABLE step_labels (
        id INTEGER PRIMARY KEY,
        uid BLOB NOT NULL UNIQUE,
        trace INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        step BLOB NOT NULL,
        reviewer TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        trace_revision INTEGER NOT NULL,
        value INTEGER NOT NULL,
        first_wrong INTEGER NOT NULL,
        better BLOB,
        comment BLOB NOT NULL
      );
      -- Not unique: names that an erasure makes the same must not keep it from being stored.
      CREATE INDEX step_labels_by_step ON step_labels (trace, step, reviewer);

      CREATE TABLE comparisons (
        id INTEGER PRIMARY KEY,
        uid BLOB NOT NULL UNIQUE,
        trace INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        call BLOB,
        other INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        other_call BLOB,
        reviewer TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        trace_revision INTEGER NOT NULL,
        other_revision INTEGER NOT NULL,
        preferred TEXT NOT NULL,
        comment BLOB NOT NULL
      );
      CREATE INDEX comparisons_by_trace ON comparisons (trace, other);
      CREATE INDEX comparisons_by_other ON comparisons (other);

      CREATE TABLE queues (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL UNIQUE,
        name TEXT NOT NULL,
        settings BLOB NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        -- Off the list; its items stay.
        deleted INTEGER NOT NULL
      );
      CREATE INDEX queues_by_name ON queues (name);

      CREATE TABLE queue_items (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL UNIQUE,
        queue INTEGER NOT NULL,
        trace INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        pass TEXT NOT NULL,
        state TEXT NOT NULL,
        reviewer TEXT NOT NULL,
        -- Of a first pass: drawn to be done by a second reviewer, or to be shown to its own again.
        second_due INTEGER NOT NULL,
        repeat_due INTEGER NOT NULL,
        -- Decided, and not yet the trace's review.
        held INTEGER NOT NULL,
        -- Both decided, not the same.
        disputed INTEGER NOT NULL,
        assigned_at INTEGER NOT NULL,
        -- Since when its reviewer has it before them.
        opened_at INTEGER NOT NULL,
        lease_until INTEGER NOT NULL,
        spent_ms INTEGER NOT NULL,
        submitted_at INTEGER,
        trace_revision INTEGER,
        label TEXT,
        decision BLOB
      );
      CREATE UNIQUE INDEX queue_items_by_trace ON queue_items (queue, trace, pass);
      CREATE INDEX queue_items_by_state ON queue_items (queue, pass, state, id);
      CREATE INDEX queue_items_by_reviewer ON queue_items (queue, reviewer, state, id);
      CREATE INDEX queue_items_of_trace ON queue_items (trace);

      -- Acts of a reviewer; those of one turn are taken back together.
      CREATE TABLE review_acts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL UNIQUE,
        reviewer TEXT NOT NULL,
        turn INTEGER NOT NULL,
        bulk BLOB,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        at INTEGER NOT NULL,
        undone INTEGER NOT NULL
      );
      CREATE INDEX review_acts_by_reviewer ON review_acts (reviewer, undone, turn, id);
      CREATE INDEX review_acts_by_bulk ON review_acts (bulk) WHERE bulk IS NOT NULL;
      CREATE TABLE review_changes (
        id INTEGER PRIMARY KEY,
        act INTEGER NOT NULL REFERENCES review_acts (id) ON DELETE CASCADE,
        trace INTEGER REFERENCES traces (id) ON DELETE CASCADE,
        other INTEGER REFERENCES traces (id) ON DELETE CASCADE,
        entity TEXT NOT NULL,
        key BLOB NOT NULL,
        -- The row as it was and as it is since (JSON); null: there is none.
        before BLOB,
        after BLOB
      );
      CREATE INDEX review_changes_by_act ON review_changes (act);
      CREATE INDEX review_changes_by_trace ON review_changes (trace) WHERE trace IS NOT NULL;
      CREATE INDEX review_changes_by_other ON review_changes (other) WHERE other IS NOT NULL;
    `);
  },
};
