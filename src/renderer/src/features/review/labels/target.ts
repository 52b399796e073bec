import type { Corrected, Correction, Json } from '../../../../../shared/model/index.js';

interface ToolCallText {
  name: string;
  arguments: Json;
}

/** What can be corrected, as it stands in the trace. `step_id` is the step that names it on the page. */
export type Target = { step_id: string } & (
  | {
      kind: 'message';
      call_id: string;
      original: { content: string; reasoning?: string; tool_calls?: (ToolCallText & { tool_call_id?: string })[] };
    }
  | { kind: 'tool_call'; call_id: string | null; tool_call_id: string; original: ToolCallText }
  | { kind: 'step'; original: { content: string } }
);

/** Whether a correction is of this. */
export function isOf({ what }: Correction, target: Target): boolean {
  if (what.kind !== target.kind) return false;
  if (what.kind === 'step') return what.step_id === target.step_id;
  if (what.kind === 'message') return target.kind === 'message' && what.call_id === target.call_id;
  return target.kind === 'tool_call' && what.call_id === target.call_id && what.tool_call_id === target.tool_call_id;
}

export const json = (value: Json) => JSON.stringify(value, null, 2);

/** A correction's text and, where it has one, its JSON: what is edited, and compared with the original. */
export interface Wording {
  /** Of a message or step. */
  content: string | null;
  reasoning: string | null;
  /** Name of a tool. */
  name: string | null;
  /** Arguments of a tool call, or the tool calls of a message. */
  json: string | null;
}

export function wordingOf(what: Corrected | Target): Wording {
  const answer = 'corrected' in what ? what.corrected : what.original;
  if ('name' in answer) return { content: null, reasoning: null, name: answer.name, json: json(answer.arguments) };
  const { content } = answer;
  if (what.kind === 'step') return { content, reasoning: null, name: null, json: null };
  const { reasoning, tool_calls } = answer as { reasoning?: string; tool_calls?: Json[] };
  return {
    content,
    reasoning: reasoning ?? null,
    name: null,
    json: tool_calls === undefined || tool_calls.length === 0 ? null : json(tool_calls),
  };
}
