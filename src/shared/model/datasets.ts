import * as z from 'zod';

/** Names of datasets: they are folders, and parts of addresses. */
export const datasetNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'lower-case letters, digits, ".", "_" and "-", at most 64, beginning with a letter or digit',
  );

/** Which version of which dataset a build is, and those before it. */
export const datasetVersionNameSchema = z.object({
  name: datasetNameSchema,
  version: z.int().positive(),
  earlier: z.array(z.object({ version: z.int().positive(), rows: z.int(), rows_root: z.string() })).default([]),
});
export type DatasetName = z.infer<typeof datasetVersionNameSchema>;
