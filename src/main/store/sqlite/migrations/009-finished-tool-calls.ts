import type { Migration } from './migration.js';

/** The order in which tool calls finished, for files that they are appended to: a result comes long after its call. */
export const finishedToolCalls: Migration = {
  id: 9,
  name: 'finished-tool-calls',
  up: (db) => {
    db.exec(`
      -- No place is given twice, also where the last one was deleted: who has read up to it goes on behind it.
      CREATE TABLE finished_tool_calls (seq INTEGER PRIMARY KEY AUTOINCREMENT, tool_call INTEGER NOT NULL);
      CREATE INDEX finished_tool_calls_by_call ON finished_tool_calls (tool_call);
    `);
  },
};
