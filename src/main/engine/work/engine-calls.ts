import type { NewAuditEntry, Tick } from '../../../shared/model/index.js';
import type { RewriteState } from '../../store/index.js';
import type { RewritePlan } from '../../threads/protocol.js';

/** What jobs on the work thread ask of the engine: what others own, and what only one thread may do. */
export interface EngineCalls {
  record(entry: NewAuditEntry): Promise<{ hash: string }>;
  /** Resolves when all that was captured is stored. */
  stored(): Promise<void>;
  rewriteStep(runId: string, plan: RewritePlan, budgetMs: number): Promise<RewriteState>;
  rewriteState(): Promise<RewriteState | null>;
  /** The studio shows what these are about anew. */
  changed(topics: Tick['topics']): Promise<void>;
}

export const engineCallNames: Record<keyof EngineCalls, true> = {
  record: true,
  stored: true,
  rewriteStep: true,
  rewriteState: true,
  changed: true,
};
