import type { ChatMessage } from '../../../shared/model/index.js';
import type { Example } from '../examples/example.js';
import { heldBefore } from '../examples/held-state.js';
import { type Augmenter, derived } from './augmenter.js';

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
    const held = heldBefore(example.trace, example.call.call_id, ['folder', 'mode', 'plan', 'model']);
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
