import type { MessagePort } from 'node:worker_threads';
import type {
  DatasetDefinition,
  ErrorRecord,
  ExportOptions,
  HeaderList,
  InFlight,
  Job,
  Json,
  Tick,
  TraceShape,
} from '../../shared/model/index.js';
import type { KnownValue, RedactionPolicy } from '../../shared/policy-file.js';
import type { Settings } from '../../shared/settings.js';

/** A place in the journal, which the journal alone can read. */
export type Position = string;

/** Where a record of the journal lies. */
export interface RecordPlace {
  segment: number;
  offset: number;
}

export interface CaptureThreadData {
  host: string;
  port: number;
  /** The file whose tokens of scope `proxy` open the port off loopback. */
  tokens: string;
  settings: Settings;
  ca: { certPem: string; keyPem: string };
  journalDir: string;
  journalKey: Uint8Array;
  counters: SharedArrayBuffer;
  /** What the engine's own calls of models are marked with. */
  ownMark: string;
}

/** `credential`: SHA-256 in hex of what opens it off loopback; `host`: null for the proxy's own; `port`: 0 for a free one. */
export interface RunListener {
  session: string;
  /** Among the headers of its exchanges. */
  noted: HeaderList;
  /** Of its gateway alone, by name. */
  upstreams: { [name: string]: string };
  credential: string;
  host: string | null;
  port: number;
}

export type CaptureEvent =
  | { type: 'live'; list: InFlight[] }
  | { type: 'refusal'; host: string; port: number; client: string; reason: string }
  /** Requests to the proxy that became no exchange. */
  | { type: 'refused'; reason: string; count: number }
  /** What the system said, without its message: that names paths. */
  | { type: 'journal-error'; code: string; syscall: string | null }
  /** An error that nobody expected; the thread goes on. */
  | { type: 'exception'; name: string; place: string };

export interface PipelineThreadData {
  database: string;
  journalDir: string;
  journalKey: Uint8Array;
  sealKey: Uint8Array;
  pseudonymKey: Uint8Array;
  policy: RedactionPolicy;
  /** Exact values of this machine that must never be stored. */
  secrets: readonly string[];
  /** Values that the user named. */
  values: KnownValue[];
  counters: SharedArrayBuffer;
  /** Texts in which the gate found nothing. */
  clean: SharedArrayBuffer;
  /** A record that brought the thread down twice: kept sealed, not read again. */
  skip: RecordPlace | null;
  /** Entry of the gate's thread. */
  gate: string;
}

/** The gate's thread, which the pipeline's starts where much waits; `from`: where it begins in the journal. */
export interface GateThreadData
  extends Pick<
    PipelineThreadData,
    'journalDir' | 'journalKey' | 'pseudonymKey' | 'policy' | 'secrets' | 'values' | 'clean' | 'skip'
  > {
  from: Position;
}

/** By the policy that holds, or without these values. */
export type RewritePlan = { kind: 'rescan' } | { kind: 'erase'; values: string[] };

export type PipelineEvent =
  | { type: 'tick'; topics: Tick['topics'] }
  | { type: 'log'; level: 'warn' | 'error'; event: string; fields: Record<string, string | number> };

export interface WorkThreadData {
  database: string;
  sealKey: Uint8Array;
  pseudonymKey: Uint8Array;
  policy: RedactionPolicy;
  /** Exact values of this machine that must never be stored. */
  secrets: readonly string[];
  /** Values that the user named. */
  values: KnownValue[];
  /** Texts in which the gate found nothing. */
  clean: SharedArrayBuffer;
  /** Folder for the reports of leak checks. */
  leakChecks: string;
  /** Folder of the fields of work that gold traces are made of. */
  oracleDomains: string;
}

export type WorkRequest =
  /** Runs a job; answers its result. `job` names it among those that run on the thread. */
  | { type: 'run'; job: number; kind: string; params: unknown; resumed: Json }
  | { type: 'abort'; job: number; state: 'cancelled' | 'paused' | 'interrupted' }
  /** From now on this policy and these values hold. */
  | { type: 'rules'; policy: RedactionPolicy; values: KnownValue[] }
  /** To a `call` of the thread. */
  | { type: 'answer'; id: number; value?: unknown; error?: { code?: string; message: string; details?: unknown } }
  | { type: 'stop' };

export type WorkEvent<Call> =
  | { type: 'progress'; job: number; share: number | null; message: string; work?: NonNullable<Job['work']> }
  | { type: 'log'; job: number; lines: { line: string; level: 'info' | 'warn' }[] }
  | { type: 'checkpoint'; job: number; state: Json }
  /** Asks the engine for something. */
  | { type: 'call'; id: number; command: Call };

/** Request and answer over a thread's port; events go without an id. */
export type ToThread<R> = { id: number; request: R } | { port: MessagePort };
export type FromThread<E> =
  /** First of all: from now on the thread may be ended. */
  | { begun: true }
  | { id: number; value: unknown }
  | { id: number; error: ErrorRecord & { expected: boolean } }
  | { event: E };

/** Between the capture and the pipeline thread. */
export type ToPipeline = { position: Position };
export type ToCapture = { acknowledged: Position };

export interface ReadingThreadData {
  database: string;
  sealKey: Uint8Array;
  pseudonymKey: Uint8Array;
}

/** What redaction goes by while a request runs. */
export interface ReadingRules {
  policy: RedactionPolicy;
  values: KnownValue[];
  secrets: readonly string[];
}

export type ReadingRequest<Command> =
  /** A page or a record of the store. */
  | { type: 'read'; command: Command }
  /** The first rows that an export would give. */
  | { type: 'preview'; options: ExportOptions; rules: ReadingRules }
  /** A row as a chat template writes it. Templates are programs: one may not end. */
  | { type: 'render'; row: Json; template: string; side: 'chosen' | 'rejected'; tokenizer: string }
  /** Checks a whole trace. */
  | { type: 'preview-definition'; definition: DatasetDefinition; rules: ReadingRules }
  | { type: 'validate'; traceId: string; rules: ReadingRules }
  /** A whole trace as a row of a layout, in JSON. */
  | { type: 'shape'; traceId: string; shape: TraceShape };
