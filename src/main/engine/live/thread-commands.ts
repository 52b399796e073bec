import type { CapturedExchange } from '../../../shared/model/index.js';
import type { KnownValue, RedactionPolicy } from '../../../shared/policy-file.js';
import type { Settings } from '../../../shared/settings.js';
import type { RewriteLook, RewriteState, StoreCommands } from '../../store/index.js';
import type { Position, RewritePlan, RunListener } from '../../threads/protocol.js';
import type { CommandOf } from '../../threads/remote.js';

/** What the capture thread can be asked for. */
export interface CaptureCommands {
  /** Where it listens and where its journal begins, or why the proxy could not start. */
  ready(): Promise<{ port: number; journalStart: Position }>;
  update(settings: Settings): Promise<void>;
  /** Another listener; its port. */
  openRun(run: { runId: string } & RunListener): Promise<number>;
  closeRun(runId: string): Promise<void>;
  /** Appends exchanges that were not captured here to the journal; resolves when they are written. */
  inject(exchanges: CapturedExchange[]): Promise<void>;
  position(): Promise<Position>;
  /** Begins a new segment of the journal. */
  turnJournal(): Promise<void>;
  /** Finishes what is open, for so long at most; how far the journal got. */
  stop(graceMs: number): Promise<Position>;
}

export const captureCommandNames: Record<keyof CaptureCommands, true> = {
  ready: true,
  update: true,
  openRun: true,
  closeRun: true,
  inject: true,
  position: true,
  turnJournal: true,
  stop: true,
};

/** What the pipeline thread can be asked for besides the store's own commands. */
export interface PipelineCommands {
  /** Resolves when the store is open, or says why it is not. */
  ready(): Promise<void>;
  /** Counts as pending what an earlier run left in the journal, up to here. */
  countBacklog(until: Position): Promise<void>;
  /** From the next exchange on this policy and these values hold. */
  useRules(rules: { policy: RedactionPolicy; values: KnownValue[] }): Promise<void>;
  /** Resolves when everything up to `position` is stored; `whileItWorks`: fails as soon as the store cannot commit. */
  drain(position: Position, whileItWorks: boolean): Promise<void>;
  /** Rewrites what is stored for some milliseconds; how far the run is. */
  rewrite(runId: string, plan: RewritePlan, budgetMs: number): Promise<RewriteState>;
  /** The same without changing anything. */
  look(
    plan: RewritePlan,
    from: { table: number; cursor: number | null } | null,
    budgetMs: number,
  ): Promise<RewriteLook>;
  /** Of the last run. */
  rewriteState(): Promise<RewriteState | null>;
  /** Nothing of the plan that was rewritten or looked by stays in memory. */
  rewriteForget(): Promise<void>;
  /** Leaves nothing of what was deleted in the database's file. */
  vacuum(): Promise<void>;
  stop(): Promise<void>;
}

export const pipelineCommandNames: Record<keyof PipelineCommands, true> = {
  ready: true,
  countBacklog: true,
  useRules: true,
  drain: true,
  rewrite: true,
  look: true,
  rewriteState: true,
  rewriteForget: true,
  vacuum: true,
  stop: true,
};

export type CaptureRequest = CommandOf<CaptureCommands>;

/** `store`: a change of the store, by its only writer. */
export type PipelineRequest =
  | { to: 'thread'; command: CommandOf<PipelineCommands> }
  | { to: 'store'; command: CommandOf<StoreCommands> };
