import type {
  ChatMessage,
  Finding,
  Json,
  ReadExchange,
  RedactedExchange,
  RewriteTally,
  StreamEvent,
} from '../../../../shared/model/index.js';

/** What is done with every text. */
export interface Rewriting {
  /** Whole exchanges, each text in its own syntax. */
  exchange(read: ReadExchange): RedactedExchange;
  /** Any text; a JSON object or array stays one. */
  text(text: string): { text: string; findings: Finding[] };
  /** What is exchanged literally in any syntax before a text is read: placeholders that are to be others. */
  convert(text: string): string;
  /** What the policy says of an entity whose placeholder `convert` made a mask. */
  actionOf(entity: string): 'mask' | 'drop';
  /** Whether bytes that are kept sealed hold what must go; null: sealed bodies stay as they are. */
  holds: ((bytes: Buffer) => boolean) | null;
}

/** Messages of a call, as they stood or as they will stand. */
export interface CallMessages {
  request: ChatMessage[];
  response: ChatMessage[];
}

/** Keys that a call left behind, before and after. */
export interface KeyChanges {
  /** Each for itself; null where there is no such key before or after. */
  slots: { kind: 'request_chain' | 'response_chain'; before: string | null; after: string | null }[];
  /** Further response chains, which a call has as a whole where it has one of the slots of that kind. */
  marks: { before: string[]; after: string[] };
}

/** What the store needs of the rooms that made what it holds, so that keys stay those that a new exchange will look for. */
export interface Making {
  contentHash(message: ChatMessage): string;
  /** One for each way in which the call may have been chained; those of the other ways are not stored. */
  keyChanges(
    call: { call_id: string; parent_call_id: string | null; operation: string },
    before: CallMessages,
    after: CallMessages,
  ): KeyChanges[];
  fingerprint(stored: string, before: CallMessages, after: CallMessages): string;
  effectKeys(name: string, args: Json): string[];
  /** The events of a stored stream; null where the text is none. */
  events(framing: 'sse' | 'ndjson' | 'json-array', text: string): StreamEvent[] | null;
}

export interface RewriteState {
  run_id: string;
  /** Which table, by its place in the order; past the last one when done. */
  table: number;
  /** Rows below this id are still to do; null: all. */
  cursor: number | null;
  done: boolean;
  /** 0..1 */
  progress: number;
  tally: RewriteTally;
}

/** A row that would be changed, and what it belongs to. */
export interface RewriteHit {
  table: string;
  exchange_id: string | null;
  trace_ids: string[];
}

/** What a look without changing anything found up to `next`. */
export interface RewriteLook {
  hits: RewriteHit[];
  /** Where to go on; null at the end. */
  next: { table: number; cursor: number | null } | null;
  progress: number;
}

export const newTally = (): RewriteTally => ({
  places: {},
  findings: {},
  exchanges: 0,
  traces: 0,
  sealed_deleted: 0,
  failed: 0,
  chars: 0,
});
