import { outcomeOf } from '../../../shared/tool-outcome.js';
import type { Point } from '../examples/points.js';
import { atPoints } from './at-points.js';
import type { Package } from './package.js';

/**
 * Answers right after a tool call that failed, where the agent got over it: what it tried next worked, or it told the person and asked
 * no tool. Context: all that was said before, the failure with it. Expected: that answer.
 */
export const errorHandling = {
  id: 'error-handling',
  title: 'Error handling',
  description: 'Where an agent got over a tool call that failed: all up to the failure, and what it did next.',
  layout: 'training-example',
  gives: [],
  examples(trace, source) {
    return atPoints(trace, source, (point) => {
      const [previous] = point.before();
      if (previous === undefined || !failed(previous)) return 'no tool call failed before it';
      const outcomes = point.tool_calls.map(outcomeOf);
      if (outcomes.includes('failed')) return 'what was tried next failed too';
      if (outcomes.includes('pending')) return 'what was tried next has no result';
      return point.tool_calls.every((tool) => !previous.tool_calls.some((before) => same(before, tool)))
        ? {}
        : 'the same was tried again';
    });
  },
} satisfies Package;

function failed({ tool_calls }: Point): boolean {
  return tool_calls.some((tool) => outcomeOf(tool) === 'failed');
}

/** A bare repetition teaches no way out, also where it happens to work. */
function same(a: Point['tool_calls'][number], b: Point['tool_calls'][number]): boolean {
  return a.name === b.name && JSON.stringify(a.arguments) === JSON.stringify(b.arguments);
}
