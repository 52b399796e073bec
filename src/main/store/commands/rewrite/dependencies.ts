import type { Database } from 'better-sqlite3';
import type { ChunkReader } from '../../bodies/chunk-reader.js';
import type { ChunkStore } from '../../bodies/chunk-store.js';
import type { CaptureCounts } from '../../counts/capture-counts.js';
import type { Documents } from '../../dictionaries/documents.js';
import type { Terms } from '../../dictionaries/terms.js';
import type { TraceTerms } from '../../dictionaries/trace-terms.js';
import type { FindingRows } from '../../findings/finding-rows.js';
import type { Statements } from '../../sqlite/statements.js';
import type { TextIndex } from '../../text/text-index.js';
import type { ModelCallCommands } from '../model-calls.js';
import type { Making } from './rewriting.js';

/** The writer's parts, as rewriting needs them. Its SQL is plain: it runs over every table there is. */
export interface RewriteDependencies {
  db: Database;
  statements: Statements;
  chunks: ChunkStore;
  bodies: ChunkReader;
  documents: Documents;
  terms: Terms;
  traceTerms: TraceTerms;
  text: TextIndex;
  captureCounts: CaptureCounts;
  findings: FindingRows;
  modelCalls: ModelCallCommands;
  making: Making;
  /** A trace that something was changed in. */
  touch(trace: number): void;
}
