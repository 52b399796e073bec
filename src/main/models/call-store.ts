import type {
  KeptReply,
  ModelCall,
  ModelCallContent,
  ModelUsage,
  NewModelCall,
  Page,
} from '../../shared/model/index.js';

/** Where calls are kept: by the store, and emptied of content by any erasure or stricter policy. */
export interface CallStore {
  generation(): number;
  kept(key: string): KeptReply | null;
  save(call: NewModelCall): Promise<void>;
  calls(profile: string | null, cursor: string | null, limit: number): Page<ModelCall>;
  call(callId: string): ModelCallContent | null;
  /** By profile, of calls since then (microseconds). */
  usage(since: number): { [profile: string]: ModelUsage };
}
