import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { leakReportSchema } from '../../shared/model/index.js';
import { parseJson } from '../ground/json.js';

const sampleRowsSchema = leakReportSchema.shape.sample.shape.rows;

const checkStateSchema = leakReportSchema
  .pick({ files: true, unread: true, rows: true, leaks: true, leaks_count: true, by_rule: true })
  .extend({
    /** Of the files as they lay there: others may have come, or these have changed. */
    files_sha256: z.string(),
    /** The file that is being read, and the last row of it that was looked at. */
    at: z.object({
      index: z.int(),
      shown: z.string(),
      count: z.int(),
      row: z.int(),
      offset: z.int().nullable(),
    }),
    sample: z.object({ seen: z.int(), drawn: sampleRowsSchema }),
  });
/** All that is needed to go on with a check. It quotes what the rules found, as the report does. */
export type CheckState = z.infer<typeof checkStateSchema>;

/** Null where there is none, or what lies there is none of ours. */
export async function readCheckState(path: string): Promise<CheckState | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return checkStateSchema.safeParse(parseJson(text)).data ?? null;
}

/** Changes with every file's name, size and time. */
export function filesHash(files: readonly { name: string; bytes: number; changed: number }[]): string {
  const hash = createHash('sha256');
  for (const { name, bytes, changed } of files) hash.update(`${JSON.stringify(name)} ${bytes} ${changed}\n`);
  return hash.digest('hex');
}
