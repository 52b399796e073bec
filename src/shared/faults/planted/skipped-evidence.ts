import { answeredCalls, lastSaid } from './look.js';
import type { PlantedFault } from './planted-fault.js';

/** What the end rests on was never looked at: the calls before it are gone, their findings stay. */
export const skippedEvidence = {
  id: 'skipped-evidence',
  title: 'Skipped evidence',
  plant(steps) {
    const said = lastSaid(steps);
    const calls = answeredCalls(steps).filter(({ resultAt }) => said !== null && resultAt < said.at);
    if (said === null || calls.length === 0) return null;
    const gone = new Set(calls.flatMap(({ at, resultAt }) => [at, resultAt]));
    return {
      steps: steps.filter((_, index) => !gone.has(index)),
      step_id: said.step.step_id,
      what: `The end tells findings without the ${calls.length} calls that they come from.`,
    };
  },
} satisfies PlantedFault;
