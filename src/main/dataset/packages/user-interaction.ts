import { atPoints } from './at-points.js';
import type { Package } from './package.js';

/**
 * Answers to a person who spoke again: words without a tool call, behind at least two turns of the person. Context: all before.
 */
export const userInteraction = {
  id: 'user-interaction',
  title: 'User interaction',
  description: 'Answers to a person who came back to the agent: the conversation so far, and what it said.',
  layout: 'conversation-example',
  gives: [],
  examples(trace, source) {
    return atPoints(trace, source, (point, conversation) => {
      if (point.tool_calls.length > 0) return 'the answer is a tool call';
      const dialogue = conversation();
      if (typeof dialogue === 'string') return dialogue;
      // Tool results stand in turns of the user too, with some vendors.
      const turns = dialogue.history.filter(
        ({ role, parts }) => role === 'user' && parts.some(({ type }) => type !== 'tool_result'),
      );
      return turns.length < 2 ? 'the person spoke once' : {};
    });
  },
} satisfies Package;
