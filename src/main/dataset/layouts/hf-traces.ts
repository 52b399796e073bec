import * as z from 'zod';
import { fromIso, type Step, type Trace } from '../../../shared/model/index.js';
import { reasoningKept, type TraceLayout } from './layout.js';

const call = z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) });
const message = z.object({
  role: z.enum(['user', 'assistant', 'system', 'tool']),
  content: z.string(),
  reasoningContent: z.string().optional(),
  toolCalls: z.array(call).optional(),
  toolCallId: z.string().optional(),
  timestamp: z.number().int().optional(),
  model: z.string().optional(),
});
type Message = z.infer<typeof message>;
const row = z.object({
  type: z.enum(['session', 'message']).describe('session begins one; every message behind it belongs to it'),
  harness: z.string().optional().describe('The client; of sessions'),
  id: z.string().optional().describe('Id of the trace; of sessions'),
  name: z.string().optional().describe('What was asked; of sessions'),
  message: message.optional().describe('Who said what, in messages'),
});

/**
 * The Hub’s Session Trace Simple Format (huggingface.co/docs/hub/session-traces-format), which its viewer shows: a file is one session,
 * whose head is the first line.
 */
export const hfTraces = {
  id: 'hf-traces',
  title: 'Hugging Face traces',
  description:
    'Sessions for the trace viewer of the Hugging Face Hub, each in a file of its own: a line for the session, then one for each message.',
  of: 'trace',
  consent: 'beside',
  filePerTrace: true,
  row,
  choices: { reasoning: reasoningKept },
  *rows(trace, { reasoning }) {
    const messages = messagesOf(trace);
    if (messages.length === 0) {
      yield { skipped: 'nothing was said' };
      return;
    }
    const last = messages.findLast(({ role }) => role === 'assistant');
    yield {
      row: {
        type: 'session',
        harness: trace.source.client ?? trace.source.kind,
        id: trace.trace_id,
        ...(trace.title === '' ? {} : { name: trace.title }),
      },
    };
    for (const message of messages) {
      const { reasoningContent, ...withoutReasoning } = message;
      const kept = reasoning === 'keep' || (reasoning === 'last' && message === last);
      yield {
        row: {
          type: 'message',
          message:
            kept && reasoningContent !== undefined ? { ...withoutReasoning, reasoningContent } : withoutReasoning,
        },
      };
    }
  },
} satisfies TraceLayout<typeof row>;

function messagesOf(trace: Trace): Message[] {
  const models = new Map(trace.calls.map(({ call_id, model }) => [call_id, model]));
  const out: Message[] = [];
  const byCall = new Map<string, Message>();
  const answer = (step: Step): Message => {
    const existing = step.call_id == null ? undefined : byCall.get(step.call_id);
    if (existing !== undefined) return existing;
    const model = step.call_id == null ? null : models.get(step.call_id);
    const made: Message = { role: 'assistant', content: '', ...timeOf(step), ...(model == null ? {} : { model }) };
    out.push(made);
    if (step.call_id != null) byCall.set(step.call_id, made);
    return made;
  };
  for (const step of trace.steps) {
    if (step.type === 'message') {
      if (step.role === 'assistant') {
        const message = answer(step);
        message.content = message.content === '' ? step.content : `${message.content}\n\n${step.content}`;
      } else if (step.role !== 'tool')
        out.push({ role: step.role === 'user' ? 'user' : 'system', content: step.content, ...timeOf(step) });
    } else if (step.type === 'reasoning' && step.encrypted !== true) {
      const message = answer(step);
      message.reasoningContent = [message.reasoningContent, step.content]
        .filter((text) => text !== undefined)
        .join('\n\n');
    } else if (step.type === 'tool_call') {
      const message = answer(step);
      const args = typeof step.arguments === 'string' ? step.arguments : JSON.stringify(step.arguments);
      message.toolCalls = [
        ...(message.toolCalls ?? []),
        { id: step.tool_call_id, function: { name: step.name, arguments: args } },
      ];
    } else if (step.type === 'tool_result') {
      const content = typeof step.result === 'string' ? step.result : JSON.stringify(step.result);
      const id = step.tool_call_id === null ? {} : { toolCallId: step.tool_call_id };
      out.push({ role: 'tool', content, ...id, ...timeOf(step) });
    }
  }
  return out;
}

/** Milliseconds since the epoch; nothing where its source told no times. */
function timeOf({ timestamp }: Step): { timestamp?: number } {
  return timestamp === null ? {} : { timestamp: Math.floor(fromIso(timestamp) / 1000) };
}
