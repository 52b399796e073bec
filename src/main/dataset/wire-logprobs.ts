import type { Call, ChatMessage, Json, TokenLogprob, Trace } from '../../shared/model/index.js';
import { isObject } from '../ground/json.js';
import type { RowRedactor } from './privacy/row-redactor.js';
import type { ExportSource } from './source.js';

/**
 * Tokens of an answer that may be told: none where they say something else than the answer as it is stored, which redaction
 * changed, or than the export would say. A token id is its text to everybody who has the vocabulary.
 */
export function wireLogprobs(
  source: Pick<ExportSource, 'callMessages' | 'logprobs'>,
  redactor: Pick<RowRedactor, 'text'>,
): (trace: Trace, call: Call) => readonly TokenLogprob[] {
  return (trace, call) => {
    const tokens = source.logprobs(call);
    if (tokens.length === 0) return tokens;
    const answer = source.callMessages(call.call_id)?.response[0];
    const text = tokens.map(({ token }) => token).join('');
    if (answer === undefined) return [];
    if (text === '') return trace.finding_count === 0 && unchanged(textsOf(answer).join('\n'), redactor) ? tokens : [];
    const isWhole = textsOf(answer).every((part) => text.includes(part) || text.includes(escaped(part)));
    return isWhole && unchanged(text, redactor) ? tokens : [];
  };
}

function unchanged(text: string, redactor: Pick<RowRedactor, 'text'>): boolean {
  return redactor.text(text).replaced.length === 0;
}

/** Every text of an answer that a secret could stand in. */
function textsOf({ parts }: ChatMessage): string[] {
  return parts
    .flatMap((part) => {
      if (part.type === 'text' || part.type === 'refusal') return [part.text];
      return part.type === 'tool_call' ? leaves(part.arguments) : [];
    })
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

function leaves(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(leaves);
  return isObject(value) ? Object.values(value as { [key: string]: Json }).flatMap(leaves) : [];
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
