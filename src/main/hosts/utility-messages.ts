/** What the desktop's main process and the engine's process say to each other. Plain data only. */

export interface EngineReady {
  ui: string;
  api: string;
  proxy: string;
  token: string;
  data_dir: string;
}

export interface EngineFailure {
  code: string;
  message: string;
  /** What to do; empty for an unexpected failure. */
  next: string;
}

export type ToEngine = { type: 'start'; args: string[]; key: Uint8Array | null } | { type: 'stop' };
export type FromEngine = { type: 'ready'; ready: EngineReady } | { type: 'failed'; failure: EngineFailure };
