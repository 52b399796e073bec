export type { RewriteLook, RewriteState, Rewriting } from './commands/rewrite/index.js';
export { type StoreCommands, type StoreReader, type StoreWriter, storeCommandNames } from './contract.js';
export type { Counts } from './counts/counters.js';
export { opencodeSessions } from './foreign/opencode.js';
export type { FinishedToolCall } from './read/finished.js';
export { openReader } from './reader.js';
export { loadSqlite } from './sqlite/connection.js';
export type { JournalCursor } from './sqlite/cursor-state.js';
export { openWriter, type WriterOptions } from './writer.js';
