import type { Package } from './package.js';
import { scoreOf } from './scores.js';
import { wastedAnswers } from './wasted.js';
import { unsuccessful, wholeConversations } from './whole-conversations.js';

/** At least as good as the middle of similar traces. */
const atLeast = 0.5;

/**
 * Whole conversations whose cost and time are known and that did no worse than the middle of those like them, weighted by how much
 * less they needed.
 */
export const performanceOptimization = {
  id: 'performance-optimization',
  title: 'Performance optimization',
  description:
    'Whole conversations whose cost and time are known and below the middle of similar traces, weighted by efficiency.',
  layout: 'openai-chat',
  gives: [],
  examples(trace, source) {
    const efficiency = scoreOf(trace, 'efficiency');
    const measured = trace.cost_usd !== null && trace.calls.some(({ duration_ms }) => duration_ms !== null);
    const reason =
      unsuccessful(trace) ??
      (!measured
        ? 'its cost or its time is not known'
        : efficiency === null
          ? 'its efficiency is not known'
          : efficiency < atLeast
            ? 'similar traces needed less'
            : null);
    return wholeConversations(trace, source, reason, (example) => ({
      ...example,
      weight: efficiency ?? 0,
      context_only: wastedAnswers(example.messages, trace),
    }));
  },
} satisfies Package;
