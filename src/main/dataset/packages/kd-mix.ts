import { conversations } from '../examples/conversations.js';
import type { Package } from './package.js';
import { scoreOf } from './scores.js';

/**
 * Prompts with the answers of the model that was captured, to distil it into another: every finished conversation, weighted by its
 * quality. Layouts that have a place for the tokens' probabilities take those that were on the wire.
 */
export const kdMix = {
  id: 'kd-mix',
  title: 'Knowledge distillation mix',
  description:
    'Prompts with the captured teacher’s answers, their weights, and token probabilities where they were on the wire.',
  layout: 'trl-messages',
  gives: ['logprobs'],
  *examples(trace, source) {
    const weight = scoreOf(trace, 'training_weight');
    for (const item of conversations(trace, source))
      yield 'skipped' in item || weight === null ? item : { example: { ...item.example, weight } };
  },
} satisfies Package;
