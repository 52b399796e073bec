import type { Json } from '../../model/index.js';
import type { Dice } from '../fault.js';
import { answeredCalls, fieldsOf, replaced } from './look.js';
import type { PlantedFault } from './planted-fault.js';

/** A tool is asked for something else than what its answer is about. */
export const wrongArgument = {
  id: 'wrong-argument',
  title: 'Wrong argument',
  plant(steps, dice) {
    const possible = answeredCalls(steps).flatMap(({ call, at }) => {
      const fields = fieldsOf(call.arguments);
      const names = Object.keys(fields ?? {}).filter((name) => changed(fields?.[name] as Json, dice) !== null);
      return fields === null || names.length === 0 ? [] : [{ call, at, fields, names }];
    });
    if (possible.length === 0) return null;
    const { call, at, fields, names } = dice.pick(possible);
    const name = dice.pick(names);
    const value = changed(fields[name] as Json, dice) as Json;
    const wrong = { ...call, arguments: { ...fields, [name]: value } };
    return {
      steps: replaced(steps, at, wrong),
      step_id: call.step_id,
      what: `${call.name} is called with another ${name} than what is answered.`,
    };
  },
} satisfies PlantedFault;

function changed(value: Json, dice: Dice): Json {
  if (typeof value === 'number') return value * 10 + 7;
  if (typeof value !== 'string' || value.length < 3) return null;
  const [stem, ending] = /^(.*?)(\.[a-z0-9]{1,5})?$/is.exec(value)?.slice(1) ?? [value];
  return `${stem}${dice.pick(['_old', '_backup', '2', '_unrelated'])}${ending ?? ''}`;
}
