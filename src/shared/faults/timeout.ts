import type { Fault } from './fault.js';

/** The tool takes too long once; trying again is right. */
export const timeout = {
  id: 'timeout',
  title: 'Timeout',
  attempt: (tool, args, dice) => ({
    arguments: args,
    result: dice.pick([
      `Error: ${tool} timed out after 30000 ms`,
      'Error: request timed out (ETIMEDOUT). The operation was not carried out.',
      'TimeoutError: no response within 60 seconds',
    ]),
  }),
} satisfies Fault;
