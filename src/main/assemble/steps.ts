import type { ChatMessage, HashedMessage, Json, Micros, NewStep, Part } from '../../shared/model/index.js';
import { nulJoinedId } from '../ground/derived-ids.js';
import type { Arrival } from './arrival.js';
import { resultValue } from './chain/canonical.js';
import type { AnsweredTool, AskedTool } from './tool-calls.js';
import { transitionAnswered, transitionAsked } from './transitions/rules.js';
import { ofTool, type Transition, transitionStep } from './transitions/transition.js';

/** Text, media and other parts that make one `message` step. */
type Content = Extract<Part, { type: 'text' | 'refusal' | 'media' | 'other' }>;

export interface StepContext {
  arrival: Arrival;
  /** Where the message stands: tells the ids of request and response steps apart. */
  side: 'request' | 'response';
  at: Micros;
  reasoning_at: Micros;
  /** Of a message that the call produced. */
  duration_ms: number | null;
  /** What became of the tool calls in these messages, by part. */
  asked: Map<Part, AskedTool>;
  /** The tool call that a result answers, where that is known: clients make up ids of their own, or send none. */
  answers: ReadonlyMap<Part, AnsweredTool>;
}

/** Steps of a message from part `from` on, in the order of its parts; adjoining text and media make one step. */
export function stepsOf(context: StepContext, hashed: HashedMessage, place: number, from = 0): NewStep[] {
  const { arrival, at, asked } = context;
  const { message, hash } = hashed;
  const steps: NewStep[] = [];
  const base = (part: number) => ({
    step_id: nulJoinedId(arrival.started_at, arrival.call_id, context.side, place, part),
    at,
    call_id: arrival.call_id,
    message_hash: hash,
    ...agentOf(arrival),
  });
  let open: { first: number; parts: Content[] } | null = null;
  /** What a tool call changes beside what it does: a step behind it. */
  const changes = (transition: Transition | null, part: number, tool_call_id: string) => {
    if (transition === null) return;
    const step_id = nulJoinedId(arrival.started_at, arrival.call_id, context.side, place, part, 'change');
    const { message_hash: _, ...rest } = base(part);
    steps.push(transitionStep(ofTool(transition, tool_call_id), { ...rest, step_id }));
  };
  let hasOutput = false;
  const close = () => {
    if (open !== null) steps.push({ ...base(open.first), ...messageStep(message, open.parts, context.duration_ms) });
    open = null;
  };
  for (let index = from; index < message.parts.length; index++) {
    const part = message.parts[index] as Part;
    hasOutput ||= part.type !== 'reasoning';
    switch (part.type) {
      case 'text':
      case 'refusal':
      case 'media':
      case 'other':
        if (part.type === 'text' && part.begins) close();
        // A remark is no message: beside a tool call alone it stays in the message that was sent.
        if (open === null && part.type === 'other' && part.remark) break;
        if (open === null) open = { first: index, parts: [] };
        (open as { parts: Content[] }).parts.push(part);
        break;
      case 'reasoning':
        close();
        steps.push({
          ...base(index),
          type: 'reasoning',
          // What was thought behind words or calls of the same answer came behind them.
          at: hasOutput ? at : context.reasoning_at,
          content: part.text,
          ...(part.encrypted ? { encrypted: true } : {}),
        });
        break;
      case 'tool_call': {
        close();
        const tool = asked.get(part);
        if (tool === undefined || tool.standing) break;
        steps.push({
          ...base(index),
          step_id: tool.step_id,
          type: 'tool_call',
          tool_call_id: tool.tool_call_id,
          name: part.name,
          arguments: part.arguments,
          status: tool.status,
          duration_ms: null,
          ...(part.server ? { server: true } : {}),
          ...(part.server_name === undefined ? {} : { server_name: part.server_name }),
        });
        changes(transitionAsked(part.name, part.arguments), index, tool.tool_call_id);
        break;
      }
      case 'tool_result': {
        close();
        const answered = context.answers.get(part);
        steps.push({
          ...base(index),
          type: 'tool_result',
          tool_call_id: answered?.tool_call_id ?? part.tool_call_id,
          ...(part.name === undefined ? {} : { name: part.name }),
          result: resultValue(part.result),
          ...(part.is_error ? { is_error: true } : {}),
        });
        if (answered !== undefined)
          changes(transitionAnswered(answered.name, part.is_error === true), index, answered.tool_call_id);
        break;
      }
    }
  }
  close();
  return steps;
}

/** The agent of a step, where the client named one within its session. */
export function agentOf(arrival: Arrival): { agent?: string } {
  return arrival.session.agent === null ? {} : { agent: arrival.session.agent };
}

function messageStep(message: ChatMessage, parts: Content[], duration_ms: number | null) {
  const media = parts.flatMap((part) => {
    if (part.type !== 'media') return [];
    const { type: _, ...rest } = part;
    return [rest];
  });
  const other = parts.flatMap((part): Json[] =>
    part.type === 'other' ? [{ label: part.label, value: part.value }] : [],
  );
  const phase = parts.find((part) => part.type === 'text')?.phase;
  const texts = parts.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? [part.text] : []));
  return {
    type: 'message' as const,
    role: message.role,
    // Vendors cut one answer into blocks at every citation; what others send as blocks are separate texts.
    content: texts.join(message.role === 'assistant' ? '' : '\n\n'),
    duration_ms,
    ...(message.name === undefined ? {} : { name: message.name }),
    ...(phase === undefined ? {} : { phase }),
    ...(media.length > 0 ? { media } : {}),
    ...(other.length > 0 ? { other } : {}),
    ...(parts.some((part) => part.type === 'refusal') ? { refusal: true } : {}),
  };
}
