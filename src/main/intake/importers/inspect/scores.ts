import type { IntakeEvent, Json, Micros } from '../../../../shared/model/index.js';
import { isObject, type JsonObject, numberOf, objectOf, textOf } from '../fields.js';

/** Marks as Inspect's scorers give them: correct, incorrect, partial, no answer. */
const marks: { [mark: string]: number } = { C: 1, I: 0, P: 0.5, N: 0, yes: 1, no: 0, true: 1, false: 0 };

/** What the scorers said: one score each, or one for each member of theirs. */
export function scoresOf(scores: JsonObject, at: Micros): IntakeEvent[] {
  return Object.entries(scores).flatMap(([scorer, entry]) => {
    const score = isObject(entry) && 'value' in entry ? entry : { value: entry };
    const { value } = score as JsonObject;
    const members = isObject(value)
      ? Object.entries(value).map(([name, each]) => [`${scorer}.${name}`, each] as const)
      : [[scorer, value] as const];
    const why = textOf(objectOf(score)['explanation']) ?? textOf(objectOf(score)['answer']);
    return members.flatMap(([name, each]): IntakeEvent[] => {
      const number = numeric(each);
      if (number === undefined) return [];
      const explanation = why === undefined ? {} : { explanation: why };
      const kind = /model_graded|judge/.test(scorer) ? 'judge' : 'qa';
      return [{ type: 'score', kind, name, value: number, at, event_id: `score:${name}`, ...explanation }];
    });
  });
}

function numeric(value: Json | undefined): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' && value in marks) return marks[value];
  return numberOf(value);
}
