import type { Package } from './package.js';
import { scoreOf } from './scores.js';
import { wastedAnswers } from './wasted.js';
import { unsuccessful, wholeConversations } from './whole-conversations.js';

/** Of similar traces, those that needed less than three of four others. */
const efficient = 0.75;

/**
 * Whole conversations of traces that are among the quickest quarter of those like them; what brought nothing in them is context alone.
 */
export const workflowOptimization = {
  id: 'workflow-optimization',
  title: 'Workflow optimization',
  description:
    'Whole conversations of the most efficient quarter of similar traces; steps that brought nothing are not learned.',
  layout: 'openai-chat',
  gives: [],
  examples(trace, source) {
    const efficiency = scoreOf(trace, 'efficiency');
    const reason =
      unsuccessful(trace) ??
      (efficiency === null
        ? 'its efficiency is not known'
        : efficiency < efficient
          ? 'similar traces needed less'
          : null);
    return wholeConversations(trace, source, reason, (example) => ({
      ...example,
      context_only: wastedAnswers(example.messages, trace),
    }));
  },
} satisfies Package;
