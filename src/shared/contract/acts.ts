import { pageSchema, reviewActSchema, undoneSchema } from '../model/index.js';
import { nothing, paged } from './inputs.js';
import { command, query } from './operation.js';

/** What a reviewer did, one act after the other: taken back and done again across restarts. */
export const actsContract = {
  list: query({
    scope: 'read',
    summary: 'What who asks did in review, newest first: what can be taken back, and what was',
    input: paged,
    output: pageSchema(reviewActSchema),
  }),
  undo: command({
    scope: 'review',
    summary: 'Takes back the last thing that who asks did in review, whatever it was',
    description:
      'Also a submit, a skipped item, a changed queue, a change of many. What somebody else changed since stays.',
    input: nothing,
    output: undoneSchema,
    audited: (_, { act }) => act && { action: 'review_changed', target: act.act_id, details: { undone: act.kind } },
  }),
  redo: command({
    scope: 'review',
    summary: 'Does again what was taken back last',
    input: nothing,
    output: undoneSchema,
    audited: (_, { act }) => act && { action: 'review_changed', target: act.act_id, details: { redone: act.kind } },
  }),
};
