import type { CapturedExchange, NewAuditEntry, Tick } from '../../../shared/model/index.js';
import type { Settings } from '../../../shared/settings.js';
import type { RewriteState, StoreCommands } from '../../store/index.js';
import type { RewritePlan } from '../../threads/protocol.js';
import type { CommandOf } from '../../threads/remote.js';

/** What imports there ask of whoever has the way into the journal, and the requests that are being sent. */
export interface IntakeCalls {
  /** Puts exchanges into the journal when there is room; answers how many are there, and why not all. `taking` names the call. */
  take(taking: string, exchanges: CapturedExchange[]): Promise<Took>;
  /** Waits for room no longer. */
  stopTaking(taking: string): Promise<void>;
  /** The next bytes of a request; null at its end. */
  uploaded(upload: string): Promise<Uint8Array | null>;
}

export interface Took {
  written: number;
  error: { code: string; message: string; details?: unknown } | null;
}

/** What those jobs change in the store. */
export type StoreChanges = Pick<
  StoreCommands,
  | 'setConsents'
  | 'setReviews'
  | 'deleteOldTraces'
  | 'deleteLooseExchanges'
  | 'deleteOldJobs'
  | 'tidyTexts'
  | 'giveBackSpace'
  | 'saveQuality'
  | 'signNear'
  | 'clusterNear'
>;

export const storeChangeNames: Record<keyof StoreChanges, true> = {
  setConsents: true,
  setReviews: true,
  deleteOldTraces: true,
  deleteLooseExchanges: true,
  deleteOldJobs: true,
  tidyTexts: true,
  giveBackSpace: true,
  saveQuality: true,
  signNear: true,
  clusterNear: true,
};

/** What jobs on the work thread ask of the engine: what others own, and what only one thread may do. */
export interface EngineCalls extends IntakeCalls {
  record(entry: NewAuditEntry): Promise<{ hash: string }>;
  /** Resolves when all that was captured is stored. */
  stored(): Promise<void>;
  rewriteStep(runId: string, plan: RewritePlan, budgetMs: number): Promise<RewriteState>;
  rewriteState(): Promise<RewriteState | null>;
  /** A change of the store, by its only writer. */
  change(command: CommandOf<StoreChanges>): Promise<unknown>;
  /** The settings as they stand. */
  settings(): Promise<Settings>;
  /** Deletes the logs of jobs that are no more. */
  sweepJobLogs(): Promise<void>;
  /** Redacts the logs of jobs, and what open ones were given, by the rules as they are. */
  redactJobs(): Promise<void>;
  /** Clears away what hangs on deleted traces beside the store. */
  tracesDeleted(): Promise<void>;
  /** The studio shows what these are about anew. */
  changed(topics: Tick['topics']): Promise<void>;
}

export const engineCallNames: Record<keyof EngineCalls, true> = {
  record: true,
  stored: true,
  rewriteStep: true,
  rewriteState: true,
  change: true,
  settings: true,
  sweepJobLogs: true,
  redactJobs: true,
  tracesDeleted: true,
  changed: true,
  take: true,
  stopTaking: true,
  uploaded: true,
};
