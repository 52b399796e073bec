import { answeredCalls, replaced } from './look.js';
import type { PlantedFault } from './planted-fault.js';

/** Another tool of the same trace is called with the arguments of the right one. */
export const wrongTool = {
  id: 'wrong-tool',
  title: 'Wrong tool',
  plant(steps, dice) {
    const calls = answeredCalls(steps);
    const names = [...new Set(calls.map(({ call }) => call.name))];
    if (names.length < 2) return null;
    const { call, at } = dice.pick(calls);
    const name = dice.pick(names.filter((each) => each !== call.name));
    return {
      steps: replaced(steps, at, { ...call, name }),
      step_id: call.step_id,
      what: `${name} is called where ${call.name} was right.`,
    };
  },
} satisfies PlantedFault;
