import { hash } from 'node:crypto';
import type { LineageKeys } from '../../../shared/model/index.js';
import { isSentKey, sentKey } from '../../../shared/sent-keys.js';
import { sessionLookup } from '../../../shared/session-keys.js';

/** Most calls that one lookup answers. */
export const maxNodes = 16;
export const lineageKeyBytes = 16;

export type LineageKind =
  | 'request_chain'
  | 'response_chain'
  | 'response'
  | 'conversation'
  | 'tool_call'
  | 'session'
  | 'fingerprint'
  /** Of tool calls without a model call: trace and id. */
  | 'loose_tool_call'
  | 'trace'
  | 'event'
  | 'note'
  /** Of tool calls and effects, by which they find each other. */
  | 'effect'
  | 'half';

/** Every kind of key in one index: equal bytes mean equal kind and value. */
export function lineageKey(kind: LineageKind, value: string): Buffer {
  // Out of the text of the hash: a buffer of it costs three times as much.
  return Buffer.from(hash('sha256', `${kind}\0${value}`, 'hex').slice(0, 2 * lineageKeyBytes), 'hex');
}

/** The keys in a column that holds them one after the other. */
export function keysOf(list: Buffer): Buffer[] {
  const keys: Buffer[] = [];
  for (let at = 0; at < list.length; at += lineageKeyBytes) keys.push(list.subarray(at, at + lineageKeyBytes));
  return keys;
}

/** How a call of this session has its keys; that of the session itself says already what it is. */
export function ownKey(session: string | null): (kind: LineageKind, value: string) => Buffer {
  if (!isSentKey(session)) return lineageKey;
  return (kind, value) => lineageKey(kind, kind === 'session' ? value : sentKey(value));
}

/** Key of a tool call that no model call asked for: its id is unique within its trace. */
export function looseToolCallKey(trace: number, toolCallId: string): Buffer {
  return lineageKey('loose_tool_call', `${trace}\0${toolCallId}`);
}

/** The keys that lead to a call, each once; its tool calls have their own. Calls that were sent have others than captured ones. */
export function callKeys(keys: LineageKeys): Buffer[] {
  const own = ownKey(keys.session_key);
  const all = [
    own('request_chain', keys.request_chain),
    ...[...new Set(keys.response_chains)].map((chain) => own('response_chain', chain)),
    own('fingerprint', keys.fingerprint),
  ];
  if (keys.response_id !== null) all.push(own('response', keys.response_id));
  if (keys.conversation_id !== null) all.push(own('conversation', keys.conversation_id));
  if (keys.session_key !== null) all.push(lineageKey('session', sessionLookup(keys.session_key)));
  return all;
}
