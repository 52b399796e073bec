import type {
  Json,
  Page,
  QaDefaults,
  QaRun,
  QaRunSummary,
  TaskFile,
  TaskParts,
  Trace,
} from '../../../shared/model/index.js';
import type { SandboxMaker } from '../../ground/sandbox.js';
import type { FrameworkReport } from './frameworks/framework.js';
import type { RunToRead } from './frameworks/read-step.js';
import type { Edit } from './repository/edits.js';

/** What of a trace its tests hang on. */
export type TestedTrace = Pick<Trace, 'trace_id' | 'metadata'>;

/** What runs of tests read and keep. */
export interface QaTools {
  sandboxes: SandboxMaker;
  /** As they are now. */
  defaults(): QaDefaults;
  traces(page: { query: string; limit: number; cursor: string | null }): Page<{ trace_id: string }>;
  countTraces(query: string): number;
  trace(traceId: string): TestedTrace | null;
  /** Edits that a trace tells, in their order, as far as they are compared; none of one that is gone. */
  edits(traceId: string, signal: AbortSignal): Promise<Edit[]>;
  /** A run that waits; one that was begun stays as it is. @throws SluiceError `not_found` where its trace is gone */
  begin(run: QaRun): Promise<unknown>;
  /** In the place of what stands. @throws SluiceError `not_found` where it is gone, as the two below */
  save(run: QaRun): Promise<unknown>;
  /** What it is gone on with after a crash. */
  keep(runId: string, kept: Json): Promise<unknown>;
  /** It has failed; what stands of it is left alone: it may have been redacted anew, or erased, since it was written. */
  fail(runId: string, reason: string): Promise<unknown>;
  run(runId: string): Promise<QaRunSummary | null>;
  kept(runId: string): Json | null;
  /** What one run of the tests left, read where it holds up nobody. */
  readRun(left: RunToRead, signal: AbortSignal): Promise<FrameworkReport>;
  /** The gate for what tests wrote. */
  clean(text: string): string;
  /** Names the rules that the gate goes by now. */
  rules(): string;
  /** What a Harbor task of these parts has in its folders `tests` and `solution`. */
  taskFiles(parts: TaskParts): { files: TaskFile[]; hash: string };
  /** Runs have changed. */
  changed(): void;
  /** Folder of the resources. */
  resources: string;
  /** Folder for what is needed while a run lasts. */
  scratch: string;
}
