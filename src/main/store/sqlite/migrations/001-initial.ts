import type { Migration } from './migration.js';

/**
 * Row ids: a trace's steps and tool calls have the id `trace * 2^22 + 1 + seq`, its decisions count by themselves, so
 * that a trace is one range of each table and of the text index, in order, without another index. Terms are the values that lists are filtered
 * by; `*_terms` hold them newest first, so that a filter is a range too. Times are microseconds since the epoch.
 */
export const initial: Migration = {
  id: 1,
  name: 'initial',
  up: (db) => {
    db.exec(`
      -- The journal's cursor (JSON) and counters.
      CREATE TABLE state (
        key TEXT PRIMARY KEY,
        value NOT NULL
      ) WITHOUT ROWID;

      -- Values to filter by (model, tool, client, …), each with the number of rows that have it.
      CREATE TABLE terms (
        id INTEGER PRIMARY KEY,
        field TEXT NOT NULL,
        folded TEXT NOT NULL,
        value TEXT NOT NULL,
        traces INTEGER NOT NULL DEFAULT 0,
        tool_calls INTEGER NOT NULL DEFAULT 0,
        exchanges INTEGER NOT NULL DEFAULT 0
      );
      CREATE UNIQUE INDEX terms_by_value ON terms (field, folded, value);

      CREATE TABLE traces (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid BLOB NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        parent INTEGER REFERENCES traces (id) ON DELETE SET NULL,
        parent_step BLOB,
        predecessor INTEGER,
        source TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER NOT NULL,
        completion_status TEXT NOT NULL,
        next_seq INTEGER NOT NULL DEFAULT 0,
        decision_count INTEGER NOT NULL DEFAULT 0,
        call_count INTEGER NOT NULL DEFAULT 0,
        step_count INTEGER NOT NULL DEFAULT 0,
        tool_call_count INTEGER NOT NULL DEFAULT 0,
        error_count INTEGER NOT NULL DEFAULT 0,
        finding_count INTEGER NOT NULL DEFAULT 0,
        input_tokens INTEGER,
        output_tokens INTEGER,
        cached_input_tokens INTEGER,
        cache_write_tokens INTEGER,
        cache_write_1h_tokens INTEGER,
        reasoning_tokens INTEGER,
        cost_usd REAL,
        models TEXT NOT NULL DEFAULT '[]',
        tool_names TEXT NOT NULL DEFAULT '[]',
        label TEXT,
        rating INTEGER,
        tags TEXT NOT NULL DEFAULT '[]',
        note TEXT NOT NULL DEFAULT '',
        reviewed_at INTEGER,
        terms BLOB NOT NULL
      );
      CREATE INDEX traces_by_time ON traces (started_at, id);
      CREATE INDEX traces_by_parent ON traces (parent) WHERE parent IS NOT NULL;
      CREATE TABLE trace_terms (
        term INTEGER NOT NULL,
        started_at INTEGER NOT NULL,
        trace INTEGER NOT NULL,
        PRIMARY KEY (term, started_at, trace)
      ) WITHOUT ROWID;

      CREATE TABLE exchanges (
        id INTEGER PRIMARY KEY,
        uid BLOB NOT NULL UNIQUE,
        trace INTEGER,
        kind TEXT NOT NULL,
        via TEXT NOT NULL,
        client TEXT NOT NULL,
        session TEXT,
        upstream TEXT,
        method TEXT NOT NULL,
        url TEXT NOT NULL,
        status INTEGER,
        started_at INTEGER NOT NULL,
        duration_us INTEGER NOT NULL,
        ttfb_us INTEGER,
        ttft_us INTEGER,
        request_bytes INTEGER NOT NULL,
        response_bytes INTEGER NOT NULL,
        format TEXT NOT NULL,
        model TEXT,
        tool_names TEXT NOT NULL,
        input_tokens INTEGER,
        output_tokens INTEGER,
        usage TEXT,
        cost_usd REAL,
        state TEXT NOT NULL,
        undecoded INTEGER NOT NULL,
        finding_count INTEGER NOT NULL,
        error TEXT,
        terms BLOB NOT NULL
      );
      CREATE INDEX exchanges_by_time ON exchanges (started_at, id);
      CREATE INDEX exchanges_by_trace ON exchanges (trace) WHERE trace IS NOT NULL;
      CREATE TABLE exchange_terms (
        term INTEGER NOT NULL,
        started_at INTEGER NOT NULL,
        exchange INTEGER NOT NULL,
        PRIMARY KEY (term, started_at, exchange)
      ) WITHOUT ROWID;

      -- Heads, issues and findings (JSON) and the bodies: their chunks' ids and their events' times.
      CREATE TABLE exchange_contents (
        exchange INTEGER PRIMARY KEY,
        head BLOB NOT NULL,
        findings BLOB,
        request_chunks BLOB NOT NULL,
        request_times BLOB,
        response_chunks BLOB NOT NULL,
        response_times BLOB
      );
      CREATE TABLE chunks (
        id INTEGER PRIMARY KEY,
        hash BLOB NOT NULL UNIQUE,
        codec INTEGER NOT NULL,
        chars INTEGER NOT NULL,
        data BLOB NOT NULL
      );
      -- Beside the chunks, not in them: counting must not rewrite pages full of data.
      CREATE TABLE chunk_refs (
        chunk INTEGER PRIMARY KEY,
        refs INTEGER NOT NULL
      );

      -- A call has the id of its exchange.
      CREATE TABLE calls (
        id INTEGER PRIMARY KEY,
        uid BLOB NOT NULL UNIQUE,
        trace INTEGER NOT NULL REFERENCES traces (id),
        parent INTEGER REFERENCES calls (id) ON DELETE SET NULL,
        children INTEGER NOT NULL DEFAULT 0,
        client TEXT NOT NULL,
        connection TEXT,
        session_key TEXT,
        fingerprint TEXT NOT NULL,
        -- Its keys in the table lineage, one after the other.
        lineage BLOB NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER NOT NULL,
        duration_us INTEGER NOT NULL,
        ttft_us INTEGER,
        cost_usd REAL,
        -- Edge, model, parameters, usage, error (JSON).
        data BLOB NOT NULL,
        tools INTEGER,
        message_count INTEGER NOT NULL,
        request_messages BLOB NOT NULL,
        response_messages BLOB NOT NULL
      );
      CREATE INDEX calls_by_trace ON calls (trace);
      CREATE INDEX calls_by_parent ON calls (parent) WHERE parent IS NOT NULL;

      -- Messages and tool lists, stored once whoever sends them again; owned by the traces that hold them.
      -- hash: SHA-256. Steps and results point into them, so that a text is stored once.
      CREATE TABLE documents (
        id INTEGER PRIMARY KEY,
        hash BLOB NOT NULL UNIQUE,
        data BLOB NOT NULL
      );
      CREATE TABLE trace_documents (
        trace INTEGER NOT NULL,
        document INTEGER NOT NULL,
        PRIMARY KEY (trace, document)
      ) WITHOUT ROWID;
      CREATE INDEX trace_documents_by_document ON trace_documents (document);

      -- What later calls are joined by: 16 bytes of hash to a call, and to the one tool call that the key is the id of.
      CREATE TABLE lineage (
        key BLOB NOT NULL,
        call INTEGER NOT NULL,
        tool_call INTEGER,
        PRIMARY KEY (key, call)
      ) WITHOUT ROWID;

      CREATE TABLE steps (
        id INTEGER PRIMARY KEY,
        uid BLOB NOT NULL,
        type TEXT NOT NULL,
        at INTEGER NOT NULL,
        call INTEGER,
        -- The tool call whose arguments or result this step shows, so that they are stored once.
        tool_call INTEGER,
        -- The message that it came in, and the part of it that is its text or result.
        document INTEGER,
        part INTEGER,
        data BLOB NOT NULL
      );
      CREATE TABLE tool_calls (
        id INTEGER PRIMARY KEY,
        tool_call_id TEXT NOT NULL,
        call INTEGER,
        step BLOB,
        tool INTEGER NOT NULL,
        status TEXT NOT NULL,
        at INTEGER NOT NULL,
        duration_us INTEGER,
        arguments BLOB NOT NULL,
        -- A result stands here, or in a part of a message.
        result BLOB,
        result_document INTEGER,
        result_part INTEGER,
        metadata TEXT NOT NULL,
        decision INTEGER
      );
      CREATE INDEX tool_calls_by_time ON tool_calls (at, id);
      CREATE INDEX tool_calls_by_tool ON tool_calls (tool, at, id, status);
      CREATE INDEX tool_calls_by_status ON tool_calls (status, at, id) WHERE status <> 'ok';
      CREATE TABLE decisions (
        id INTEGER PRIMARY KEY,
        uid BLOB NOT NULL,
        call INTEGER,
        at INTEGER NOT NULL,
        tool_calls BLOB NOT NULL,
        -- Document with the available options.
        options INTEGER NOT NULL,
        data BLOB NOT NULL,
        outcome TEXT
      );

      CREATE TABLE scores (
        trace INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        uid BLOB NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        value REAL NOT NULL,
        explanation TEXT,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (trace, uid)
      ) WITHOUT ROWID;
      -- Every state a review ever had, in order.
      CREATE TABLE review_events (
        trace INTEGER NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
        uid BLOB NOT NULL,
        at INTEGER NOT NULL,
        review TEXT NOT NULL,
        PRIMARY KEY (trace, uid)
      ) WITHOUT ROWID;

      CREATE TABLE saved_filters (
        scope TEXT NOT NULL,
        name TEXT NOT NULL,
        uid BLOB NOT NULL,
        query TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (scope, name)
      ) WITHOUT ROWID;
      CREATE TABLE jobs (
        id INTEGER PRIMARY KEY,
        uid BLOB NOT NULL UNIQUE,
        created_at INTEGER NOT NULL,
        job TEXT NOT NULL
      );

      -- Contentless: the texts stand in their own tables. Row: four times the row of a step (0: its text) or tool call
      -- (1: its arguments, 2: its result); of an exchange its own, negative. secure-delete takes a deleted text out of
      -- the index at once.
      CREATE VIRTUAL TABLE texts USING fts5 (text, content = '', columnsize = 0, tokenize = 'unicode61');
      INSERT INTO texts (texts, rank) VALUES ('secure-delete', 1);
    `);
  },
};
