import { missingArgument } from '../missing-argument.js';
import { answeredCalls, replaced } from './look.js';
import type { PlantedFault } from './planted-fault.js';

/** A call lacks a field and is answered all the same. */
export const droppedArgument = {
  id: 'dropped-argument',
  title: 'Dropped argument',
  plant(steps, dice) {
    const possible = answeredCalls(steps).flatMap(({ call, at }) => {
      const attempt = missingArgument.attempt(call.name, call.arguments, dice);
      return attempt === null ? [] : [{ call, at, attempt }];
    });
    if (possible.length === 0) return null;
    const { call, at, attempt } = dice.pick(possible);
    return {
      steps: replaced(steps, at, { ...call, arguments: attempt.arguments }),
      step_id: call.step_id,
      what: `A field that ${call.name} needs is left out.`,
    };
  },
} satisfies PlantedFault;
