import type { ChatMessage } from '../../../shared/model/index.js';
import { type OpenAiMessage, openAiNameSchema } from './openai-shapes.js';
import { type AssistantTurn, type Shown, type Turn, toTurns, Unfit } from './turns.js';

/** A conversation in OpenAI's chat format without its reasoning, or why it has none. */
export function toOpenAiMessages(
  conversation: readonly ChatMessage[],
): { messages: OpenAiMessage[] } | { skipped: string } {
  try {
    return { messages: openAiMessages(toTurns(conversation, { reasoning: 'strip' }).turns) };
  } catch (error) {
    if (error instanceof Unfit) return { skipped: error.message };
    throw error;
  }
}

/** Turns as OpenAI's API takes them: arguments as JSON text, names of its alphabet. Throws `Unfit`. */
export function openAiMessages(turns: readonly Turn[]): OpenAiMessage[] {
  return turns.map(openAiMessage);
}

function openAiMessage(turn: Turn): OpenAiMessage {
  switch (turn.role) {
    case 'system':
      return { role: 'system', content: turn.text };
    case 'user': {
      const name = openAiNameSchema.safeParse(turn.name).data;
      return { role: 'user', content: openAiContent(turn.shown), ...(name === undefined ? {} : { name }) };
    }
    case 'assistant':
      return assistantMessage(turn);
    case 'tool':
      return { role: 'tool', tool_call_id: turn.call.id, content: turn.text };
    default:
      return turn satisfies never;
  }
}

function assistantMessage({ text, calls, context_only }: AssistantTurn): OpenAiMessage {
  const tool_calls = calls.map((call) => ({
    id: call.id,
    type: 'function' as const,
    function: { name: functionName(call.name), arguments: JSON.stringify(call.arguments) },
  }));
  return {
    role: 'assistant',
    content: text === '' ? null : text,
    ...(tool_calls.length === 0 ? {} : { tool_calls }),
    ...(context_only ? { weight: 0 as const } : {}),
  };
}

/** Text where there is nothing else, parts where images are shown. */
export function openAiContent(
  shown: readonly Shown[],
): string | ({ type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } })[] {
  if (shown.every((part) => part.type === 'text')) return shown.map(({ text }) => text).join('\n\n');
  return shown.map((part) =>
    part.type === 'text'
      ? { type: 'text' as const, text: part.text }
      : { type: 'image_url' as const, image_url: { url: part.url } },
  );
}

/** A function's name if OpenAI accepts it. */
function functionName(name: string): string {
  if (!openAiNameSchema.safeParse(name).success) throw new Unfit('a tool name that OpenAI does not accept');
  return name;
}
