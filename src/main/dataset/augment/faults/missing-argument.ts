import type { Fault } from './fault.js';

/** A field is left out; the whole call is right. */
export const missingArgument = {
  id: 'missing-argument',
  title: 'Missing argument',
  attempt(tool, given, dice) {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return null;
    const fields = Object.keys(given);
    if (fields.length === 0) return null;
    const left = dice.pick(fields);
    const { [left]: _, ...rest } = given;
    return { arguments: rest, result: `Error: invalid arguments for ${tool}: "${left}" is required` };
  },
} satisfies Fault;
