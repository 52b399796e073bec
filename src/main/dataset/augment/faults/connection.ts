import type { Fault } from './fault.js';

/** The connection breaks once; trying again is right. */
export const connection = {
  id: 'connection',
  title: 'Broken connection',
  attempt: (_, given, dice) => ({
    arguments: given,
    result: dice.pick(['Error: read ECONNRESET', 'Error: socket hang up', 'Error: 503 Service Unavailable']),
  }),
} satisfies Fault;
