import {
  type ChatMessage,
  type DecodedCall,
  type Json,
  type LineageReader,
  type NewWitness,
  type Part,
  usageFields,
} from '../../../shared/model/index.js';
import { chainArguments, chainOutputText } from '../chain/canonical.js';
import { linksOf } from '../chain/turns.js';

export type StoredContent = NonNullable<ReturnType<LineageReader['callContent']>>;
type Disagreement = NewWitness['disagreements'][number];

/** Characters of a text and number of tool calls that a disagreement shows. */
const longest = 2000;
const mostToolCalls = 64;

/** One reason in the words of several vendors and of the OpenTelemetry conventions. */
const sameReason = new Map(
  [
    ['stop', 'end_turn', 'completed', 'stop_sequence', 'finished'],
    ['tool_use', 'tool_calls', 'tool_call', 'function_call'],
    ['length', 'max_tokens', 'max_output_tokens', 'incomplete'],
    ['content_filter', 'safety', 'refusal'],
  ].flatMap((words) => words.map((word) => [word, words[0]] as const)),
);

/**
 * Where a second report says something else than the stored call; what only one of them says is no disagreement.
 * @param inPieces the report comes from a file that is written while the answer comes, and may hold a part of it
 */
export function disagreements(stored: StoredContent, reported: DecodedCall, inPieces = false): Disagreement[] {
  const { request, response } = reported;
  const found: Disagreement[] = [];
  const compare = (
    field: string,
    ours: Json | null | undefined,
    theirs: Json | null | undefined,
    same = ours === theirs,
  ) => {
    if (same || ours === null || ours === undefined || theirs === null || theirs === undefined) return;
    found.push({ field, stored: cut(ours), reported: cut(theirs) });
  };
  const model = response?.model ?? request.model;
  compare('model', stored.model, model, sameModel(stored.model, model));
  const ours = answerOf(stored.response_messages);
  const theirs = answerOf(response?.messages ?? []);
  if (inPieces && ours !== null && theirs !== null && isPartOf(theirs, ours)) return found;
  for (const field of usageFields) compare(`usage.${field}`, stored.usage?.[field], response?.usage?.[field]);
  const reason = response?.stop_reason;
  compare('stop_reason', stored.stop_reason, reason, reasonOf(stored.stop_reason) === reasonOf(reason));

  if (ours !== null && theirs !== null) {
    compare('output', ours.text, theirs.text, chainOutputText(ours.text) === chainOutputText(theirs.text));
    compare('tool_calls', ours.calls.length, theirs.calls.length);
    for (let index = 0; index < Math.min(ours.calls.length, theirs.calls.length, mostToolCalls); index++) {
      const [one, other] = [ours.calls[index] as ToolCallPart, theirs.calls[index] as ToolCallPart];
      compare(`tool_calls[${index}].name`, one.name, other.name);
      const same = chainArguments(one.arguments) === chainArguments(other.arguments);
      compare(`tool_calls[${index}].arguments`, one.arguments, other.arguments, same);
    }
  }
  // Counted as turns: vendors and reports cut the same conversation into messages as they like.
  const sent = linksOf(stored.request_messages).length;
  const reportedMessages = linksOf(request.messages).length;
  if (request.history_complete && sent > 0 && reportedMessages > 0) compare('input_messages', sent, reportedMessages);
  return found;
}

type ToolCallPart = Extract<Part, { type: 'tool_call' }>;

interface Answer {
  text: string;
  calls: ToolCallPart[];
}

/** Whether a report tells less than the whole, and nothing else: some of the tool calls, the beginning of the text. */
function isPartOf(part: Answer, whole: Answer): boolean {
  const [some, all] = [part, whole].map(({ text }) => chainOutputText(text)) as [string, string];
  if (part.calls.length >= whole.calls.length && some === all) return false;
  let at = 0;
  const inOrder = part.calls.every(({ name, arguments: args }) => {
    const same = (call: ToolCallPart) => call.name === name && chainArguments(call.arguments) === chainArguments(args);
    const found = whole.calls.findIndex((call, index) => index >= at && same(call));
    at = found + 1;
    return found >= 0;
  });
  return inOrder && all.startsWith(some);
}

/** Null where nothing of the answer was told. */
function answerOf(messages: ChatMessage[]): Answer | null {
  const parts = messages.flatMap((message) => message.parts);
  const text = parts.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? [part.text] : [])).join('');
  const calls = parts.filter((part) => part.type === 'tool_call');
  return text === '' && calls.length === 0 ? null : { text, calls };
}

/** `gpt-4o` and `gpt-4o-2024-08-06`, `openai/gpt-4o` and `gpt-4o` name the same model. */
function sameModel(ours: string | null, theirs: string | null | undefined): boolean {
  const [one = '', other = ''] = [ours, theirs].map((name) => name?.toLowerCase().split('/').pop());
  return one.startsWith(other) || other.startsWith(one);
}

function reasonOf(reason: string | null | undefined): string {
  const word = reason?.toLowerCase() ?? '';
  return sameReason.get(word) ?? word;
}

function cut(value: Json): Json {
  if (typeof value === 'string') return value.slice(0, longest);
  if (value === null || typeof value !== 'object') return value;
  const text = JSON.stringify(value);
  return text.length <= longest ? value : text.slice(0, longest);
}
