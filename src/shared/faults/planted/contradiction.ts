import { inserted, lastSaid, madeId } from './look.js';
import type { PlantedFault } from './planted-fault.js';

const turns = [
  'What I found so far shows that this is not the cause. I go on with it as the cause all the same.',
  'This cannot work, as the output above shows. I leave it as it is and call it done.',
];

/** The agent says that it is wrong, and goes on as if it were right. */
export const contradiction = {
  id: 'contradiction',
  title: 'Contradiction',
  plant(steps, dice) {
    const said = lastSaid(steps);
    if (said === null || said.at === 0) return null;
    const against = { ...said.step, step_id: madeId(said.step, 1), content: dice.pick(turns) };
    return {
      steps: inserted(steps, said.at, [against]),
      step_id: against.step_id,
      what: 'The agent says itself that it is wrong, and goes on.',
    };
  },
} satisfies PlantedFault;
