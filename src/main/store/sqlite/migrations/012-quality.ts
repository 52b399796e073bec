import type { Migration } from './migration.js';

/**
 * Rule scores with their reasons, and what near-duplicates are found by. Nothing is filled in here: the next run of the job does
 * it. The presets are saved queries like any other, put there once.
 */
export const quality: Migration = {
  id: 12,
  name: 'quality',
  up: (db) => {
    db.exec(`
      CREATE TABLE quality (
        trace INTEGER PRIMARY KEY REFERENCES traces (id) ON DELETE CASCADE,
        -- What it was made of: another state of any of these is scored anew.
        revision INTEGER NOT NULL,
        reviewed_at INTEGER,
        judged_at INTEGER,
        version INTEGER NOT NULL,
        computed_at INTEGER NOT NULL,
        -- JSON: each score with its value or the reason why there is none, its evidence and the steps that it rests on.
        scores TEXT NOT NULL,
        -- JSON: what it is compared with others by.
        measures TEXT NOT NULL
      );

      -- Hashes alone, keyed by the data folder; a row of no shingles says that there was no text.
      CREATE TABLE near_documents (
        trace INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        level TEXT NOT NULL,
        -- 0, or the step's place at the level of steps.
        seq INTEGER NOT NULL,
        step BLOB,
        revision INTEGER NOT NULL,
        -- 112 numbers of 32 bits, empty where there was no text.
        signature BLOB NOT NULL,
        -- 32-bit hashes in rising order.
        shingles BLOB NOT NULL,
        PRIMARY KEY (level, trace, seq)
      );
      CREATE INDEX near_documents_trace ON near_documents (trace);

      -- Members of clusters of two or more, each with the one that is kept of its cluster.
      CREATE TABLE near_members (
        level TEXT NOT NULL,
        trace INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        kept_trace INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        kept_seq INTEGER NOT NULL,
        PRIMARY KEY (level, trace, seq)
      ) WITHOUT ROWID;
      CREATE INDEX near_members_kept ON near_members (level, kept_trace, kept_seq);
      CREATE INDEX near_members_trace ON near_members (trace);
      CREATE INDEX near_members_kept_trace ON near_members (kept_trace);
    `);
    const add = db.prepare(
      `INSERT OR IGNORE INTO saved_filters (scope, name, uid, query, created_at) VALUES ('traces', ?, ?, ?, ?)`,
    );
    presets.forEach(([name, query], at) => {
      add.run(
        name,
        Buffer.from(`01900000000070008000${(0x501e + at).toString(16).padStart(12, '0')}`, 'hex'),
        query,
        0,
      );
    });
  },
};

/** The filters of the founding documents. What is preferred is a query of its own, to be joined with others. */
const presets: readonly [name: string, query: string][] = [
  [
    'Training set: good, whole, clear, no duplicates',
    'score.quality_score>=0.8 score.completeness>=0.9 score.reasoning_clarity>=0.5 score.outcome_alignment>=0.5 status:completed -is:duplicate -label:rejected',
  ],
  ['min_quality_score', 'score.quality_score>=0.8'],
  ['complete_execution', 'status:completed score.completeness>=0.9'],
  ['clear_reasoning', 'score.reasoning_clarity>=0.5'],
  ['positive_outcome', 'status:completed score.success_rate>=0.8 score.outcome_alignment>=0.5'],
  ['novel_patterns', 'score.novelty>=0.5'],
  ['failed_executions, for error training', '(status:failed OR status:error) -is:duplicate'],
  ['unclear_reasoning', 'score.reasoning_clarity<0.5'],
  ['duplicate_patterns', 'is:duplicate'],
  ['privacy_violations', 'has:findings'],
];
