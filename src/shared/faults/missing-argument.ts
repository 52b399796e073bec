import type { Fault } from './fault.js';

/** A field is left out; the whole call is right. */
export const missingArgument = {
  id: 'missing-argument',
  title: 'Missing argument',
  attempt(tool, args, dice) {
    if (typeof args !== 'object' || args === null || Array.isArray(args)) return null;
    const fields = Object.keys(args);
    if (fields.length === 0) return null;
    const left = dice.pick(fields);
    const { [left]: _, ...rest } = args;
    return { arguments: rest, result: `Error: invalid arguments for ${tool}: "${left}" is required` };
  },
} satisfies Fault;
