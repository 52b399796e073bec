import { lastSaid, replaced } from './look.js';
import type { PlantedFault } from './planted-fault.js';

const conclusions = [
  'The cause is an outage of the name servers, so nothing needs to be changed here.',
  'The cause is a defect of the processor’s clock; moving to another machine solves it.',
  'The cause is that the licence of the database ran out last week.',
];

/** The end concludes what nothing in the trace supports. */
export const unsupportedConclusion = {
  id: 'unsupported-conclusion',
  title: 'Unsupported conclusion',
  plant(steps, dice) {
    const said = lastSaid(steps);
    if (said === null || said.at === 0) return null;
    return {
      steps: replaced(steps, said.at, { ...said.step, content: dice.pick(conclusions) }),
      step_id: said.step.step_id,
      what: 'The end concludes what nothing in the trace supports.',
    };
  },
} satisfies PlantedFault;
