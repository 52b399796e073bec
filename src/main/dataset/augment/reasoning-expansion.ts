import type { ChatMessage } from '../../../shared/model/index.js';
import type { Example } from '../examples/example.js';
import type { ExportSource } from '../source.js';
import { type Augmenter, derived } from './augmenter.js';

/**
 * Puts before the last answer the reasoning that a model wrote of it afterwards (`sluice expand`), in the place of its own where it
 * tells some. Nobody is asked here: what is not stored is not there.
 */
export const reasoningExpansion = {
  id: 'reasoning-expansion',
  title: 'Reasoning expansion',
  description:
    'The reasoning that a model wrote of an answer afterwards, before what was said; `sluice expand` has it written.',
  kind: 'made',
  *derive(example, _dice, source) {
    const written = source.expansion(example.trace.trace_id, example.call.call_id);
    if (written === null) {
      yield { skipped: 'no reasoning was written of this call: sluice expand' };
      return;
    }
    if (example.rejected !== undefined) {
      yield { skipped: 'the worse answer beside it would have no such reasoning' };
      return;
    }
    const answer = example.messages.at(-1);
    if (answer === undefined || !isFirstAnswer(answer, example, source)) {
      yield { skipped: 'the reasoning was written of another answer' };
      return;
    }
    const parts = answer.parts.filter(({ type }) => type !== 'reasoning');
    const { reasoning, profile, model, prompt_hash } = written;
    yield derived(
      example,
      'reasoning-expansion',
      parts.length < answer.parts.length
        ? 'reasoning that a model wrote afterwards, in the place of its own'
        : 'reasoning that a model wrote afterwards, before what was said',
      { profile, model, prompt_hash },
      {
        messages: [
          ...example.messages.slice(0, -1),
          { ...answer, parts: [{ type: 'reasoning', text: reasoning }, ...parts] },
        ],
        // The tokens on the wire are those of the answer without it.
        logprobs: [],
      },
    );
  },
} satisfies Augmenter;

/** Other choices of the same call, and corrected answers, were not what the model was shown. */
function isFirstAnswer(answer: ChatMessage, { call }: Example, source: Pick<ExportSource, 'callMessages'>): boolean {
  const first = source.callMessages(call.call_id)?.response[0];
  return first !== undefined && JSON.stringify(first.parts) === JSON.stringify(answer.parts);
}
