import { setImmediate as breathe } from 'node:timers/promises';
import type { RewriteTally, SubjectHit } from '../../shared/model/index.js';

export type RewritePlan = { kind: 'rescan' } | { kind: 'erase'; values: string[] };

export interface RewriteState {
  run_id: string;
  done: boolean;
  progress: number;
  tally: RewriteTally;
}

/** The writer of the store, as far as it rewrites. */
export interface Rewriter {
  step(runId: string, plan: RewritePlan, budgetMs: number): Promise<RewriteState>;
  look(
    plan: RewritePlan,
    from: { table: number; cursor: number | null } | null,
    budgetMs: number,
  ): Promise<{ hits: SubjectHit[]; next: { table: number; cursor: number | null } | null; progress: number }>;
  /** Of the run under way, or the last one. */
  state(): Promise<RewriteState | null>;
  /** Drops what it keeps of a plan between two steps: the values of an erasure in the clear. */
  forget(): Promise<void>;
  vacuum(): Promise<void>;
}

/** So long the store's writer does nothing else: little beside the 120 ms of a batch of traffic. */
export const stepMs = 20;

/** Runs to the end, or until cancelled; a run of the same id goes on where it was. */
export async function rewriteAll(
  rewriter: Pick<Rewriter, 'step'>,
  runId: string,
  plan: RewritePlan,
  { signal, onProgress }: { signal: AbortSignal; onProgress(state: RewriteState): void },
): Promise<RewriteState> {
  for (;;) {
    signal.throwIfAborted();
    const state = await rewriter.step(runId, plan, stepMs);
    onProgress(state);
    if (state.done) return state;
    await breathe();
  }
}
