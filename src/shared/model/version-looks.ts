import * as z from 'zod';
import { jsonSchema } from './common.js';
import { trainerReportSchema } from './trainers.js';

const count = z.int().nonnegative();

/** Whether the folder of a version is as its build left it, and what a trainer would do to its rows. */
export const versionCheckSchema = z.object({
  ok: z.boolean(),
  rows: count,
  manifest_ok: z.boolean().describe('manifest.json is whole and signed by the key that it names'),
  key_id: z.string().nullable().describe('Hash of the public key that signed'),
  /** The first thousand. */
  problems: z.array(z.object({ file: z.string(), row: z.int().nullable(), message: z.string() })),
  /** Null where no trainer was named; the counts are complete, the first thousand findings are named. */
  trainer: trainerReportSchema.nullable(),
});
export type VersionCheck = z.infer<typeof versionCheckSchema>;

/** Rows of a version in the order of its files. */
export const versionRowsSchema = z.object({
  total: count,
  rows: z.array(
    z.object({
      number: z.int().positive().describe('Counts all rows of the version from 1'),
      file: z.string(),
      row: z.int().positive().describe('Counts the rows of the file from 1'),
      value: jsonSchema,
    }),
  ),
});
export type VersionRows = z.infer<typeof versionRowsSchema>;

/** quality.json of each part of a version; the part is '' where it is one. */
export const versionFiguresSchema = z.array(z.object({ part: z.string(), quality: jsonSchema }));
export type VersionFigures = z.infer<typeof versionFiguresSchema>;
