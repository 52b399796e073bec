import * as z from 'zod';

/** A repository of datasets at the Hub: owner and name. */
export const hubRepoSchema = z
  .string()
  .max(96)
  .regex(/^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/, 'owner/name, as the Hub spells it');

/** What a push to the Hub came to. */
export const hubPushSchema = z.object({
  name: z.string(),
  version: z.int().positive(),
  repo: z.string(),
  /** The repository in a browser. */
  url: z.string(),
  /** The commit that the version stands in; null where the Hub told none. */
  commit: z.string().nullable(),
  rows: z.int().nonnegative(),
  files: z.int().nonnegative().describe('Files of the version'),
  sent: z.object({ files: z.int().nonnegative(), bytes: z.int().nonnegative() }),
  /** Files whose content the Hub had already. */
  already_there: z.int().nonnegative(),
  /** Files of an earlier version that this one does not have. */
  deleted: z.int().nonnegative(),
});
export type HubPush = z.infer<typeof hubPushSchema>;
