import type { Json, Page, QaDefaults, QaRun, Trace } from '../../../shared/model/index.js';
import type { SandboxMaker } from '../../ground/sandbox.js';

/** What of a trace its tests hang on. */
export type TestedTrace = Pick<Trace, 'trace_id' | 'metadata' | 'steps'>;

/** What runs of tests read and keep. */
export interface QaTools {
  sandboxes: SandboxMaker;
  /** As they are now. */
  defaults(): QaDefaults;
  traces(page: { query: string; limit: number; cursor: string | null }): Page<{ trace_id: string }>;
  countTraces(query: string): number;
  trace(traceId: string): TestedTrace | null;
  /** `kept`: what a run is gone on with after a crash; undefined leaves it as it is. */
  save(run: QaRun, kept?: Json | null): Promise<unknown>;
  run(runId: string): Promise<QaRun | null>;
  kept(runId: string): Json | null;
  /** The gate for what tests wrote. */
  clean(text: string): string;
  /** Runs have changed. */
  changed(): void;
  /** Folder of the resources. */
  resources: string;
  /** Folder for what is needed while a run lasts. */
  scratch: string;
}
