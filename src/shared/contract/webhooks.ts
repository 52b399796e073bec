import * as z from 'zod';
import { nothing } from './inputs.js';
import { command, query } from './operation.js';

/** Addresses of the settings that hear of jobs that are over. */
export const webhooksContract = {
  secret: query({
    scope: 'admin',
    summary: 'What webhooks are signed with',
    description:
      'The header `sluice-signature` is the HMAC-SHA256 (hex) of `timestamp.body`: the header `sluice-timestamp`, a dot and the body ' +
      'as it came.',
    input: nothing,
    output: z.object({ secret: z.string() }),
  }),
  test: command({
    scope: 'admin',
    summary: 'Sends a webhook to all addresses of the settings',
    input: nothing,
    output: z.object({ items: z.array(z.object({ url: z.string(), delivered: z.boolean(), detail: z.string() })) }),
  }),
};
