import type { Call, Json } from '../../../shared/model/index.js';
import type { Example } from '../examples/example.js';
import { type OpenAiTool, openAiNameSchema } from './openai-shapes.js';
import { type Turn, Unfit } from './turns.js';

type Offer = Call['tools_offered'][number];

/** Largest number of tools OpenAI's API accepts in one request. */
const maxTools = 128;

/** The tools of a row as OpenAI's API takes them. Throws `Unfit`. */
export function openAiTools(example: Pick<Example, 'call' | 'trace'>, ...turns: (readonly Turn[])[]): OpenAiTool[] {
  const tools = toolsOf(example, ...turns);
  if (tools.length > maxTools) throw new Unfit(`more than ${maxTools} tools`);
  if (tools.some(({ function: { name } }) => !openAiNameSchema.safeParse(name).success))
    throw new Unfit('a tool name that OpenAI does not accept');
  return tools;
}

/**
 * The tools of a row: what the last call offered, and what the conversation calls besides. A called tool that no call
 * of the trace describes is named without parameters.
 */
export function toolsOf({ call, trace }: Pick<Example, 'call' | 'trace'>, ...turns: (readonly Turn[])[]): OpenAiTool[] {
  const offers = new Map<string, Offer>();
  for (const offer of call.tools_offered) if (isCallable(offer)) offers.set(offer.name, offer);
  for (const turn of turns.flat()) {
    if (turn.role !== 'assistant') continue;
    for (const { name } of turn.calls)
      if (!offers.has(name)) offers.set(name, findOffer(name, trace.calls) ?? { name });
  }
  return [...offers.values()].map((offer) => {
    const parameters = parametersOf(offer);
    return {
      type: 'function',
      function: {
        name: offer.name,
        ...(offer.description === undefined ? {} : { description: offer.description }),
        ...(parameters === null ? {} : { parameters }),
      },
    };
  });
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
  const parameters = offer.parameters;
  return typeof parameters === 'object' && parameters !== null && !Array.isArray(parameters) ? parameters : null;
}
