import type { Json, Trace, ValidationIssue } from '../../shared/model/index.js';

/** How an engine is started; what is left out is as `sluice serve` has it. */
export interface StartOptions {
  /** Folder for everything that is kept; the user's own by default. */
  data_dir?: string;
  /** Address to listen on, 127.0.0.1 by default. */
  host?: string;
  /** 0 takes a free port, as it is by default here. */
  proxy_port?: number;
  /** The same for API and studio. */
  api_port?: number;
  token?: string;
  /** Gateway upstreams by name, e.g. `{ local: 'http://127.0.0.1:11434' }`. */
  upstreams?: { [name: string]: string };
  /** File that each finished tool call is appended to. */
  trace_output?: string;
  /** The engine cannot go on and has stopped; thrown where nobody listens. */
  onFatal?(error: Error): void;
}

/** An engine in this process. */
export interface SluiceEngine {
  /** Addresses: of the proxy, the API, the studio with its token; the token, the CA's certificate (PEM) and the data folder. */
  ready: { proxy: string; api: string; ui: string; token: string; ca: string; data_dir: string };
  /** Finishes what is open, stores what was captured, gives the folder back. */
  stop(): Promise<void>;
}

export interface TraceProxyOptions {
  /** Address to listen on, 127.0.0.1 by default. */
  host?: string;
  /** 0, the default, takes a free port. */
  port?: number;
  /** File that each finished tool call is appended to, a JSON line each. */
  trace_output?: string;
  /** Folder for everything that is captured; the user's own by default. A studio that runs on it takes the traffic. */
  data_dir?: string;
  /** Name that the traces carry. */
  session?: string;
  /** Gateway upstreams by name, where no studio runs on the folder. */
  upstreams?: { [name: string]: string };
}

/** What was captured between `start` and `stop`. */
export interface CaptureSummary {
  exchanges: number;
  calls: number;
  tool_calls: number;
  trace_ids: string[];
  /** Rows in the file, and whether everything that finished is in it; null without a file. */
  trace_output: { rows: number; complete: boolean } | null;
}

/** A tool call in the standard shape. */
export interface StandardToolCall {
  name: string;
  /** A JSON value where what the model wrote parses, else the text. */
  arguments: Json;
  /** Null while there is none. */
  result: Json | null;
  /** ISO-8601, UTC; null where its source told no times. */
  timestamp: string | null;
  duration_ms: number | null;
  /** How likely it failed although nothing marks it so, 0 to 1; null where nothing says so. */
  suspicion?: number | null;
  metadata: {
    source: string;
    version: string;
    trace_id: string;
    tool_call_id: string;
    status: string;
    [name: string]: Json;
  };
}

export interface NormalizeOptions {
  /** Kind of file (`sluice import --as`), where it is not to be told by its content. */
  as?: string;
  /** How a custom format is read: a mapping, or the path of its file (docs/mapping.md). */
  mapping?: { [field: string]: Json } | string;
}

export interface NormalizedTraces {
  rows: StandardToolCall[];
  /** What was not read: its place in the file, and why. */
  skipped: { where: string; reason: string }[];
}

/** What a check of one file, or of one record, found. */
export interface ValidationResult {
  /** Its path; null for a record that was given itself. */
  file: string | null;
  valid: boolean;
  /** Where in the file, the stable code, the field and what is wrong. */
  errors: (ValidationIssue & { where: string })[];
  warnings: (ValidationIssue & { where: string })[];
  records: number;
}

/** A prompt: its text, or what it is called and what stands before it too. */
export type PromptOf = string | { id?: string; prompt: string; system?: string };

export interface DatasetGeneratorOptions {
  /** Command and arguments, `{prompt}` among them; its traffic is captured. */
  command?: readonly string[];
  /** Model profile that was agreed to, in the place of a command: one request a prompt. */
  profile?: string;
  /** Of the profile's answers. */
  max_tokens?: number;
  temperature?: number;
  /** Folder for everything that is captured; the user's own by default. */
  data_dir?: string;
  /** How often each prompt is run. */
  times?: number;
  /** What the traces are made for. */
  scenario?: string;
  /** Another name runs the same prompts anew. */
  batch?: string;
  /** What models may cost at most, in US dollars. */
  budget_usd?: number;
  at_once?: number;
  /** Ends it before the next prompt. */
  signal?: AbortSignal;
}

export interface GeneratedDataset {
  /** A row for each trace, by the order in which their prompts were done. */
  rows: { prompt_id: string; prompt: string; time: number; trace_id: string; trace: Trace }[];
  /** Prompts that gave no trace, or no answer. */
  failures: { prompt_id: string; code: string; message: string }[];
  prompts: number;
  ran: number;
  /** Had their trace from before. */
  there: number;
  failed: number;
  traces: number;
  /** US dollars; null where nobody knows the prices. */
  cost_usd: number | null;
  /** Why it ended before all were run. */
  stopped: 'budget' | 'asked' | 'failing' | null;
}

export interface GoldTraceOptions {
  /** Not used, and said to be: models are asked by profiles, which have their own key. */
  api_key?: string;
  /** Model profile that was agreed to; a studio must run. Without it the sampler writes. */
  profile?: string;
  reviewers?: readonly string[];
  budget_usd?: number;
  /** A folder with domains of your own, beside those that come along. */
  domains_folder?: string;
  /** Of the studio that asks the profile. */
  data_dir?: string;
}
