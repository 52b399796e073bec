import type { Call, Json } from '../../../shared/model/index.js';
import { type OpenAiMessage, type OpenAiTool, openAiNameSchema } from './openai-shapes.js';

type Offer = Call['tools_offered'][number];

/** Largest number of tools OpenAI's API accepts in one request. */
const maxTools = 128;

/**
 * The tools of a row: what the last call offered, and what the conversation calls besides. A called tool that no call
 * of the trace describes is named without parameters.
 */
export function openAiTools(
  end: Call,
  calls: readonly Call[],
  messages: readonly OpenAiMessage[],
): { tools: OpenAiTool[] } | { skipped: string } {
  const offers = new Map<string, Offer>();
  for (const offer of end.tools_offered) if (isCallable(offer)) offers.set(offer.name, offer);
  for (const message of messages) {
    if (message.role !== 'assistant') continue;
    for (const { function: called } of message.tool_calls ?? []) {
      if (!offers.has(called.name)) offers.set(called.name, findOffer(called.name, calls) ?? { name: called.name });
    }
  }
  if (offers.size > maxTools) return { skipped: `more than ${maxTools} tools` };
  const tools: OpenAiTool[] = [];
  for (const offer of offers.values()) {
    if (!openAiNameSchema.safeParse(offer.name).success) return { skipped: 'a tool name that OpenAI does not accept' };
    const parameters = parametersOf(offer);
    tools.push({
      type: 'function',
      function: {
        name: offer.name,
        ...(offer.description === undefined ? {} : { description: offer.description }),
        ...(parameters === null ? {} : { parameters }),
      },
    });
  }
  return { tools };
}

/** Tools that the vendor runs (web search, …) are no functions; they appear only where the conversation uses one. */
function isCallable(offer: Offer): boolean {
  return offer.kind === undefined || offer.kind === 'function' || offer.kind === 'custom';
}

function findOffer(name: string, calls: readonly Call[]): Offer | undefined {
  for (const call of calls) {
    const offer = call.tools_offered.find((candidate) => candidate.name === name);
    if (offer) return offer;
  }
  return undefined;
}

function parametersOf(offer: Offer): { [key: string]: Json } | null {
  // A custom tool takes free text, perhaps after a grammar; the format knows functions only.
  if (offer.kind === 'custom')
    return { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };
  const given = offer.parameters;
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? given : null;
}
