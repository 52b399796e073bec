import type { ChatMessage, Json } from '../../../shared/model/index.js';
import type { Example } from '../examples/example.js';
import { type Augmenter, derived } from './augmenter.js';

/** Changes that hold until the next of their kind. */
const lasting = ['folder', 'mode', 'plan', 'model'] as const;

/**
 * Puts before the expected output what the agent knew at that moment and no message of the context says in one place: working folder, mode,
 * plan. Nothing is made up: it was seen in the same trace before.
 */
export const contextEnrichment = {
  id: 'context-enrichment',
  title: 'Context enrichment',
  description:
    'What held when the agent answered (working folder, mode, plan), as seen earlier in the trace, said in the instructions.',
  kind: 'annotated',
  *derive(example) {
    const held = heldBefore(example);
    const lines = Object.entries(held).map(([change, text]) => `- ${change}: ${text}`);
    if (lines.length === 0) {
      yield { skipped: 'nothing more is known of its context' };
      return;
    }
    const note = `Current state:\n${lines.join('\n')}`;
    const { messages, expected } = withInstructions(example, note);
    const moved = expected - example.expected;
    const context_only = new Set([...(example.context_only ?? [])].map((place) => place + moved));
    yield derived(
      example,
      'context-enrichment',
      'added what held at that moment to the instructions',
      { held },
      { messages, expected, context_only },
    );
  },
} satisfies Augmenter;

function heldBefore({ trace, call }: Example): { [change: string]: Json } {
  const held: { [change: string]: Json } = {};
  for (const step of trace.steps) {
    // Steps stand in their order: from here on is what the answer itself brought.
    if (step.call_id === call.call_id && step.type !== 'tool_result') break;
    if (step.type !== 'state_change' || step.derived !== true) continue;
    const { change } = (step.data ?? {}) as { change?: unknown };
    const known = lasting.find((each) => each === change);
    if (known !== undefined) held[known] = step.description;
  }
  return held;
}

/** Behind the instructions that stand at the beginning, or as such. */
function withInstructions(
  { messages, expected }: Example,
  note: string,
): { messages: ChatMessage[]; expected: number } {
  const [first, ...rest] = messages;
  if (first !== undefined && (first.role === 'system' || first.role === 'developer'))
    return {
      messages: [{ ...first, parts: [...first.parts, { type: 'text', text: `\n\n${note}` }] }, ...rest],
      expected,
    };
  return { messages: [{ role: 'system', parts: [{ type: 'text', text: note }] }, ...messages], expected: expected + 1 };
}
