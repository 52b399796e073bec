import type { Fault } from './fault.js';

/** The service behind the tool refuses for a moment; trying again is right. */
export const rateLimit = {
  id: 'rate-limit',
  title: 'Rate limit',
  attempt: (_, args, dice) => ({
    arguments: args,
    result: dice.pick([
      'Error: 429 Too Many Requests. Retry after 2 seconds.',
      '{"error":{"code":429,"message":"Rate limit exceeded, please try again"}}',
    ]),
  }),
} satisfies Fault;
