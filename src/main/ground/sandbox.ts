/**
 * Closed places that run what others wrote. The rooms that need one (verify) know no more of it than this; `src/main/sandbox`
 * makes them.
 */

/** Folder of an image that dependencies are prepared in, and the one below it that the repository is laid into: programs look upwards. */
export const preparedFolder = '/work';
export const workFolder = '/work/repo';
/** Where the tests of a Harbor task write their report: the command that is tried and the script that is shipped name the same. */
export const taskReportFolder = '/tmp/tests-report';

/** What every program sees of time, place and chance in them. */
export const frozenEnvironment: Readonly<Record<string, string>> = {
  TZ: 'UTC',
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  PYTHONHASHSEED: '0',
};

/** Something that must be there before anything runs, and what to do where it is not. */
export interface Prerequisite {
  /** `engine`, `permission`, `version`, `disk`, `runtime`, `image`, … */
  id: string;
  title: string;
  ok: boolean;
  /** What was found: versions, sizes, the engine's own words. */
  detail: string;
  /** What to do; null where it is in order. */
  next: string | null;
}

/** What a run may use. All of it is stored with the run. */
export interface SandboxLimits {
  memory_bytes: number;
  cpus: number;
  pids: number;
  /** Bytes of /tmp, and of the folder that the run works in. */
  tmp_bytes: number;
  work_bytes: number;
  /** Until a command is ended, with all that it started. */
  seconds: number;
  /** Bytes of output that are kept: the first and the last halves of it. */
  output_bytes: number;
}

/** How an image comes to have what tests need (dependencies), before the repository is tested in it. */
export interface PrepareRequest {
  /** An image that the engine has, or that it may fetch where `network` allows it. */
  base: string;
  /**
   * Folder in the image that `files` are laid into and `commands` run in, as root. A sandbox has its own empty folder at its
   * `workdir`: what it is to find has to lie elsewhere (such as in the folder above it).
   */
  workdir: string;
  /** Tar of what the commands read: lock files, or the whole repository. */
  files(): AsyncIterable<Uint8Array>;
  /** Argument vectors, run in this order; none where the base is enough. */
  commands: readonly (readonly string[])[];
  env: Readonly<Record<string, string>>;
  /** Only for this request, and only where the person allowed it. */
  network: boolean;
  /** Hash of all that decides what comes out (lock files, commands): the same key of the same base is prepared once. */
  key: string;
  limits: SandboxLimits;
}

export interface PreparedImage {
  /** Name under which sandboxes are opened with it. */
  image: string;
  /** Content id that the engine gave it. */
  image_id: string;
  /** It was there from an earlier run. */
  cached: boolean;
  seconds: number;
}

export interface OpenRequest {
  image: string;
  /** Folder that the repository is laid into; writable, of `limits.work_bytes`, gone with the sandbox. */
  workdir: string;
  env: Readonly<Record<string, string>>;
  limits: SandboxLimits;
  /** An OCI runtime that the engine knows (`runsc`); the engine's own where it is null. */
  runtime: string | null;
}

export interface ExecRequest {
  argv: readonly string[];
  env?: Readonly<Record<string, string>>;
  seconds: number;
  signal: AbortSignal;
  /** Output as it comes, in the order in which the engine read it: exact within a stream, nearly so between the two. */
  onOutput?(bytes: Uint8Array, stream: 'stdout' | 'stderr'): void;
}

export interface ExecResult {
  /** Null where it was ended. */
  exit_code: number | null;
  ended_by: 'itself' | 'timeout' | 'memory' | 'cancel' | 'engine';
  /** First and last bytes of what it wrote, both streams in that order; what lies between is counted. */
  output: { head: Uint8Array; tail: Uint8Array; dropped_bytes: number };
  seconds: number;
}

/** One closed place: no network, nothing of the host but what was copied in. */
export interface Sandbox {
  id: string;
  /** Lays a tar into the folder that it works in. */
  copyIn(tar: AsyncIterable<Uint8Array>): Promise<void>;
  exec(request: ExecRequest): Promise<ExecResult>;
  /** A regular file below its working folder or /tmp, null where there is none. @throws `sandbox_file_too_large` */
  copyOut(path: string, maxBytes: number): Promise<Uint8Array | null>;
  /** Ends all that runs in it and removes what it left. May be called again. */
  close(): Promise<void>;
}

/** What makes sandboxes. @throws SluiceError `sandbox_unavailable` with what to do where the engine is not there */
export interface SandboxMaker {
  id: string;
  /** `wanted`: an image and a runtime that a run is to have. What comes after a missing one is left out: it is not known. */
  prerequisites(wanted?: { image: string | null; runtime: string | null }): Promise<Prerequisite[]>;
  prepare(request: PrepareRequest, tell: (line: string) => void, signal: AbortSignal): Promise<PreparedImage>;
  open(request: OpenRequest): Promise<Sandbox>;
  /** The same by hand: a command line that a person can paste. */
  byHand(request: OpenRequest, argv: readonly string[]): string;
  /**
   * Removes what earlier runs of this data folder left behind: after a crash, and on demand. `everything`: also what this
   * run has open, and the prepared images.
   */
  reap(everything?: boolean): Promise<{ containers: number; volumes: number; images: number }>;
}
