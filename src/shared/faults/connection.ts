import type { Fault } from './fault.js';

/** The connection breaks once; trying again is right. */
export const connection = {
  id: 'connection',
  title: 'Broken connection',
  attempt: (_, args, dice) => ({
    arguments: args,
    result: dice.pick(['Error: read ECONNRESET', 'Error: socket hang up', 'Error: 503 Service Unavailable']),
  }),
} satisfies Fault;
