import type { Part } from '../../../shared/model/index.js';
import { toldDecisions } from '../examples/decisions.js';
import { atPoints } from './at-points.js';
import type { Package } from './package.js';

/**
 * Answers in which an agent that could do several things said why it does one: another tool or none was open to it, and words or
 * reasoning stand before what it did. Context: all that was said before. Expected: that answer. Decisions that were told of outside of any
 * model call stand for themselves.
 */
export const decisionMaking = {
  id: 'decision-making',
  title: 'Decision making',
  description: 'Where an agent with a choice said why it does what it does: all that was said before, and that answer.',
  layout: 'training-example',
  gives: [],
  *examples(trace, source) {
    const told = [...toldDecisions(trace)];
    yield* told;
    if (told.length > 0 && trace.calls.length === 0) return;
    yield* atPoints(trace, source, ({ call, tool_calls }, conversation) => {
      // Answering without a tool is a choice beside each tool that is offered.
      const choices = call.tools_offered.length + (tool_calls.length > 0 ? 1 : 0);
      if (call.tools_offered.length === 0 || choices < 2) return 'the agent had no choice of tools';
      const dialogue = conversation();
      if (typeof dialogue === 'string') return dialogue;
      return isExplained(dialogue.answers[0]?.parts ?? []) ? {} : 'no reason stands before what was done';
    });
  },
} satisfies Package;

/** Thoughts, or words before a tool call; words alone are the answer itself. */
function isExplained(parts: readonly Part[]): boolean {
  const acts = parts.some(({ type }) => type === 'tool_call');
  return parts.some(
    (part) =>
      (part.type === 'reasoning' && !part.encrypted && part.text.trim() !== '') ||
      (acts && part.type === 'text' && part.text.trim() !== ''),
  );
}
