import * as z from 'zod';
import { idSchema, jobSchema } from '../model/index.js';
import { absolutePath, nothing } from './inputs.js';
import { type AuditNote, command, query } from './operation.js';

/** What is written down of an import, of a file of this machine or one that was sent: not where it lay. */
export const importNote = (jobId: string, as: string | undefined): AuditNote => ({
  action: 'import',
  target: jobId,
  // A mapping is named, not quoted.
  details: { as: as?.startsWith('map:') ? 'map' : (as ?? null) },
});

const asImporter = z
  .string()
  .max(12_004)
  .optional()
  .describe(
    'Importer; without it the file is told by its content. `map:` before an absolute path, or before the JSON itself, of a mapping (docs/mapping.md): a format of your own',
  );

/** Files that other programs wrote. */
export const importsContract = {
  list: query({
    scope: 'read',
    summary: 'Kinds of files that can be imported',
    input: nothing,
    output: z.array(z.object({ id: z.string(), title: z.string(), description: z.string() })),
  }),
  start: command({
    scope: 'admin',
    summary: 'Imports a file of this machine, as a job',
    input: z.object({
      path: absolutePath,
      as: asImporter,
    }),
    output: jobSchema,
    audited: ({ as }, { job_id }) => importNote(job_id, as),
  }),
};

const watch = z.object({
  watch_id: idSchema,
  folders: z.array(z.string()),
  files: z.int(),
  taken: z.int(),
  duplicates: z.int(),
  skipped: z.int(),
  trace_ids: z.array(z.string()),
});
/** What following some folders has given so far. */
export type WatchState = z.infer<typeof watch>;
const ofWatch = z.object({ watch_id: idSchema });

/** Session files of agents that are followed while they are written. */
export const watchesContract = {
  start: command({
    scope: 'admin',
    summary: 'Follows session files of agents',
    input: z.object({ folders: z.array(absolutePath).min(1).max(32), as: asImporter }),
    output: watch,
    audited: ({ folders }, { watch_id }) => ({
      action: 'import',
      target: watch_id,
      details: { followed: folders.length },
    }),
  }),
  list: query({ scope: 'read', summary: 'Folders that are followed', input: nothing, output: z.array(watch) }),
  get: query({ scope: 'read', summary: 'What following has given', input: ofWatch, output: watch }),
  end: command({ scope: 'admin', summary: 'Takes what is there and stops following', input: ofWatch, output: watch }),
};
