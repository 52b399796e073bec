import { outcomeOf } from '../../../shared/tool-outcome.js';
import { atPoints } from './at-points.js';
import type { Package } from './package.js';

/**
 * Answers that gave work to other agents, and those that went on from what these brought: a subagent was started, or a conversation was
 * handed over. Context: all before. Expected: the orders, or what was made of the results.
 */
export const multiAgentCoordination = {
  id: 'multi-agent-coordination',
  title: 'Multi-agent coordination',
  description: 'Where an agent gave work to others or went on from what they brought: all before it, and that answer.',
  layout: 'training-example',
  gives: [],
  examples(trace, source) {
    const orders = new Set<string>();
    for (const step of trace.steps)
      if (step.type === 'state_change' && step.derived === true && startsAgent(step.data) && step.call_id)
        orders.add(step.call_id);
    return atPoints(trace, source, (point) => {
      const [previous] = point.before();
      const gave = orders.has(point.call.call_id);
      if (!gave && (previous === undefined || !orders.has(previous.call.call_id))) return 'no other agent is involved';
      return point.tool_calls.some((tool) => outcomeOf(tool) === 'failed') ? 'a tool call failed' : {};
    });
  },
} satisfies Package;

function startsAgent(data: unknown): boolean {
  const { change, state } = (data ?? {}) as { change?: unknown; state?: unknown };
  return change === 'agent' && state === 'begins';
}
