import type { ChatMessage } from '../../../shared/model/index.js';
import { sha256, shortHash } from './canonical.js';
import { systemText } from './fingerprint.js';
import { marksOf } from './marks.js';
import { chainEnd, chainOf, endAfter, plainEnds } from './merkle.js';
import { linksOf } from './turns.js';

interface CallMessages {
  request: ChatMessage[];
  response: ChatMessage[];
}
interface KeyChanges {
  slots: { kind: 'request_chain' | 'response_chain'; before: string | null; after: string | null }[];
  marks: { before: string[]; after: string[] };
}
interface CallIds {
  call_id: string;
  parent_call_id: string | null;
  operation: string;
}

/**
 * The keys of a call whose words were replaced, before and after, as `assembleCall` makes them. Which of the ways a call was
 * chained (from the beginning, or from the call it goes on from) is not stored: each way is given, and the caller takes the
 * one whose old keys it holds.
 */
export function keyChanges(call: CallIds, before: CallMessages, after: CallMessages): KeyChanges[] {
  const starts = [
    undefined,
    shortHash(`after\0${call.parent_call_id ?? call.call_id}`),
    shortHash(`after\0${call.call_id}`),
  ];
  return [...new Set(starts)].map((from) => {
    const old = keysOf(call, before, from);
    const now = keysOf(call, after, from);
    const ends = old.ends.map((end, index) => ({
      kind: 'response_chain' as const,
      before: end,
      after: now.ends[index] ?? null,
    }));
    return {
      slots: [
        { kind: 'request_chain', before: old.own, after: now.own },
        { kind: 'request_chain', before: old.aside, after: now.aside },
        // An unanswered request stands as the end of its own conversation.
        { kind: 'response_chain', before: old.own, after: now.own },
        ...ends,
      ],
      marks: { before: old.marks, after: now.marks },
    };
  });
}

function keysOf({ call_id, operation }: CallIds, { request, response }: CallMessages, from: string | undefined) {
  const chain = chainOf(request, from);
  const own = chainEnd(chain);
  return {
    own,
    aside: shortHash(`aside\0${operation}\0${own}`),
    ends: response.map((message) =>
      operation === 'compact' ? chainEnd(chainOf([message])) : endAfter(chain, request, message),
    ),
    marks: [...marksOf(call_id, chain, response[0]), ...plainEnds(chain, request, response)],
  };
}

/** A stored fingerprint with what stands in it for the system prompt and the opening words, where these were replaced. */
export function changedFingerprint(stored: string, before: CallMessages, after: CallMessages): string {
  const system = (messages: CallMessages) => sha256(systemText(messages.request)).slice(0, 12);
  const opening = (messages: CallMessages) =>
    sha256(linksOf(messages.request).find((link) => link.side === 'input')?.text ?? '').slice(0, 12);
  const head = stored.startsWith(system(before)) ? system(after) : stored.slice(0, 12);
  const middle = stored.slice(12, 24) === opening(before) ? opening(after) : stored.slice(12, 24);
  return head + middle + stored.slice(24);
}
