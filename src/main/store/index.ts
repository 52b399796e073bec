export type { RewriteLook, RewriteState, Rewriting } from './commands/rewrite/index.js';
export type { Counts } from './counters.js';
export type { JournalCursor } from './cursor-state.js';
export { openReader, type StoreReader } from './reader.js';
export { openWriter, type StoreCommands, type StoreWriter, type WriterOptions } from './writer.js';
