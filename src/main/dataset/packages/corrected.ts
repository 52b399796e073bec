import type { ChatMessage, Corrected, Part, StepLabel, Trace } from '../../../shared/model/index.js';

type ToolCallPart = Extract<Part, { type: 'tool_call' }>;
type Step = Trace['steps'][number];

/** Which answer a correction is of: the call, and the choice of it. */
export function correctedCall(what: Corrected, trace: Trace): { call_id: string; choice: number } | null {
  switch (what.kind) {
    case 'message':
      return { call_id: what.call_id, choice: what.choice };
    case 'tool_call': {
      const call_id =
        what.call_id ?? trace.tool_calls.find(({ tool_call_id }) => tool_call_id === what.tool_call_id)?.call_id;
      return call_id == null ? null : { call_id, choice: 0 };
    }
    case 'step': {
      const call_id = trace.steps.find(({ step_id }) => step_id === what.step_id)?.call_id;
      return call_id == null ? null : { call_id, choice: 0 };
    }
  }
}

/** The answer as it should have been; null where what was corrected is no part of it. */
export function correctedAnswer(answer: ChatMessage, what: Corrected, trace: Trace): ChatMessage | null {
  switch (what.kind) {
    case 'message': {
      const { content, reasoning, tool_calls } = what.corrected;
      const parts: Part[] = [];
      if (reasoning !== undefined) parts.push({ type: 'reasoning', text: reasoning });
      if (content !== '') parts.push({ type: 'text', text: content });
      for (const [index, call] of (tool_calls ?? []).entries())
        parts.push({
          type: 'tool_call',
          // A call that was added has no id of its own; the one in its place had.
          id: call.tool_call_id ?? calls(answer)[index]?.id ?? null,
          name: call.name,
          arguments: call.arguments,
        });
      return parts.length === 0 ? null : { role: answer.role, parts };
    }
    case 'tool_call':
      return withCall(answer, (part) => part.id === what.tool_call_id, what.corrected);
    case 'step': {
      const step = trace.steps.find(({ step_id }) => step_id === what.step_id);
      return step === undefined ? null : withWords(answer, step, what.corrected.content);
    }
  }
}

/** The answer with what was said to be better in the place of a step of it; null where it holds no such step. */
export function betterAnswer(
  answer: ChatMessage,
  step: Step,
  better: NonNullable<StepLabel['better']>,
): ChatMessage | null {
  if ('content' in better) return withWords(answer, step, better.content);
  if (step.type !== 'tool_call') return null;
  return withCall(answer, (part) => part.id === step.tool_call_id, better);
}

function withCall(
  answer: ChatMessage,
  isIt: (part: ToolCallPart) => boolean,
  corrected: Pick<ToolCallPart, 'name' | 'arguments'>,
): ChatMessage | null {
  const at = answer.parts.findIndex((part) => part.type === 'tool_call' && isIt(part));
  const part = answer.parts[at];
  if (part?.type !== 'tool_call') return null;
  const { invalid_json, ...rest } = part;
  return withPart(answer, at, { ...rest, ...corrected });
}

function withWords(answer: ChatMessage, step: Step, content: string): ChatMessage | null {
  if (step.type !== 'message' && step.type !== 'reasoning') return null;
  const kind = step.type === 'message' ? 'text' : 'reasoning';
  const at = answer.parts.findIndex((part) => part.type === kind && part.text === step.content);
  return at === -1 ? null : withPart(answer, at, { type: kind, text: content });
}

function withPart(answer: ChatMessage, at: number, part: Part): ChatMessage {
  return { ...answer, parts: answer.parts.map((each, index) => (index === at ? part : each)) };
}

function calls({ parts }: ChatMessage): ToolCallPart[] {
  return parts.filter((part) => part.type === 'tool_call');
}
