import { connection } from '../connection.js';
import type { Fault } from '../fault.js';
import { rateLimit } from '../rate-limit.js';
import { timeout } from '../timeout.js';
import { answeredCalls, isOfAgent, replaced } from './look.js';
import type { PlantedFault } from './planted-fault.js';

const failing: readonly Fault[] = [timeout, rateLimit, connection];

/** A tool fails, and the agent goes on as if it had answered. */
export const ignoredError = {
  id: 'ignored-error',
  title: 'Ignored error',
  plant(steps, dice) {
    // Whoever goes on is the agent: results of calls beside it, and what a person says, come from others.
    const possible = answeredCalls(steps).flatMap((called) => {
      const next = steps.slice(called.resultAt + 1).find(isOfAgent);
      return next === undefined ? [] : [{ ...called, next }];
    });
    if (possible.length === 0) return null;
    const { call, result, resultAt, next } = dice.pick(possible);
    const attempt = dice.pick(failing).attempt(call.name, call.arguments, dice);
    if (attempt === null) return null;
    return {
      steps: replaced(steps, resultAt, { ...result, result: attempt.result, is_error: true }),
      step_id: next.step_id,
      what: `${call.name} fails, and what follows goes on as if it had answered.`,
    };
  },
} satisfies PlantedFault;
