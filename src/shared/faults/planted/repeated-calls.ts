import type { Step } from '../../model/index.js';
import { answeredCalls, inserted, madeId } from './look.js';
import type { PlantedFault } from './planted-fault.js';

const times = 5;

/** The same call again and again, with the same answer. */
export const repeatedCalls = {
  id: 'repeated-calls',
  title: 'Repeated calls',
  plant(steps, dice) {
    const calls = answeredCalls(steps);
    if (calls.length === 0) return null;
    const { call, result, resultAt } = dice.pick(calls);
    const again = Array.from({ length: times }, (_, index): Step[] => {
      const tool_call_id = `${call.tool_call_id}_again${index}`;
      return [
        { ...call, tool_call_id, step_id: madeId(call, index * 2) },
        { ...result, tool_call_id, step_id: madeId(call, index * 2 + 1) },
      ];
    }).flat();
    return {
      steps: inserted(steps, resultAt + 1, again),
      step_id: again[0]?.step_id ?? call.step_id,
      what: `${call.name} is called ${times} times more with the same arguments.`,
    };
  },
} satisfies PlantedFault;
