import { outcomeOf } from '../../../shared/tool-outcome.js';
import { atPoints } from './at-points.js';
import type { Package } from './package.js';

/**
 * Answers that took one of several tools with success: at least two were offered, and every call that was asked for ended well.
 * Context: all that was said before. Expected: the answer with its tool calls.
 */
export const toolSelection = {
  id: 'tool-selection',
  title: 'Tool selection',
  description: 'Where an agent took one of several tools and it worked: all that was said before, and the tool calls.',
  layout: 'training-example',
  gives: [],
  examples(trace, source) {
    return atPoints(trace, source, ({ call, tool_calls }) => {
      if (tool_calls.length === 0) return 'no tool call';
      if (call.tools_offered.length < 2) return 'there was one tool to choose from';
      const outcomes = tool_calls.map(outcomeOf);
      if (outcomes.includes('failed')) return 'a tool call failed';
      return outcomes.includes('pending') ? 'a tool call has no result' : {};
    });
  },
} satisfies Package;
