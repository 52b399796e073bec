import { connection } from '../connection.js';
import type { Fault } from '../fault.js';
import { rateLimit } from '../rate-limit.js';
import { timeout } from '../timeout.js';
import { answeredCalls, replaced } from './look.js';
import type { PlantedFault } from './planted-fault.js';

const failing: readonly Fault[] = [timeout, rateLimit, connection];

/** A tool fails, and the agent goes on as if it had answered. */
export const ignoredError = {
  id: 'ignored-error',
  title: 'Ignored error',
  plant(steps, dice) {
    const possible = answeredCalls(steps).filter(({ resultAt }) => resultAt < steps.length - 1);
    if (possible.length === 0) return null;
    const { call, result, resultAt } = dice.pick(possible);
    const attempt = dice.pick(failing).attempt(call.name, call.arguments, dice);
    if (attempt === null) return null;
    const next = steps[resultAt + 1];
    return {
      steps: replaced(steps, resultAt, { ...result, result: attempt.result, is_error: true }),
      step_id: next?.step_id ?? call.step_id,
      what: `${call.name} fails, and what follows goes on as if it had answered.`,
    };
  },
} satisfies PlantedFault;
