import { isDeepStrictEqual } from 'node:util';
import type { Validator } from './validator.js';

export const simulation: Validator = {
  id: 'simulation',
  title: 'Results are what the tools give on the trace’s world',
  check({ trace, replayed }) {
    const outcomes = replayed()?.outcomes;
    if (outcomes === undefined) return [];
    return [...outcomes].flatMap(([id, outcome]) => {
      if (!outcome.ok) return [`${id} is refused: ${outcome.error}`];
      const given = trace.results?.[id];
      return given === undefined || same(given, outcome.result)
        ? []
        : [`${id} gave something else than the tool gives`];
    });
  },
};

/** What was sampled has its fields in the tools' own order: texts compare in a third of the time. */
const same = (given: unknown, made: unknown): boolean =>
  JSON.stringify(given) === JSON.stringify(made) || isDeepStrictEqual(given, made);
