export type { ReadyInfo } from '../engine/index.js';

import type { ReadyInfo } from '../engine/index.js';

/** What the desktop's main process and the engine's process say to each other. Plain data only. */

export interface EngineFailure {
  code: string;
  message: string;
  /** What to do; empty for an unexpected failure. */
  next: string;
}

export type KeychainRequest =
  | { id: number; action: 'seal'; text: string }
  | { id: number; action: 'open'; sealed: Uint8Array };

export type ToEngine =
  | {
      type: 'start';
      /** The command line's arguments; what is not the engine's is ignored. */
      args: string[];
      /** The desktop's keychain really encrypts and answers requests. */
      keychain: boolean;
      /** The file that keeps its log. */
      log: string;
    }
  | { type: 'keychain'; id: number; result: string | Uint8Array | null }
  | { type: 'stop' };

export type FromEngine =
  | { type: 'ready'; ready: ReadyInfo }
  | { type: 'failed'; failure: EngineFailure }
  /** It was told to stop and does: each of its steps is bounded. */
  | { type: 'ending' }
  | { type: 'keychain'; request: KeychainRequest };
