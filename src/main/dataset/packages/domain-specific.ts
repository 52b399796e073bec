import type { Package } from './package.js';
import { unsuccessful, wholeConversations } from './whole-conversations.js';

/** Whole conversations of a field of work, by the tools, hosts and words in them or by what a person said. */
export const domainSpecific = {
  id: 'domain-specific',
  title: 'Domain specific',
  description: 'Whole conversations of one field of work (healthcare, legal, marketing, …), which each example names.',
  layout: 'training-example',
  gives: [],
  examples(trace, source) {
    const domain = source.domainOf(trace);
    const reason = unsuccessful(trace) ?? (domain === null ? 'it belongs to no field of work that is known' : null);
    return wholeConversations(trace, source, reason, (example) => ({ ...example, domain: domain ?? '' }));
  },
} satisfies Package;
