import * as z from 'zod';
import { jsonSchema } from './common.js';
import { trainerFindingSchema, trainerReportSchema } from './trainers.js';

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

/** A file of a version, by its path in the version's folder. */
export const versionFileSchema = z.object({
  name: z.string(),
  rows: count.nullable().describe('null: it stands beside the data'),
  bytes: count,
  sha256: z.string().describe('As its manifest says, lowercase hex'),
});
export type VersionFile = z.infer<typeof versionFileSchema>;

/** A page of a trainer's findings, in the order of the files and their rows. */
export const versionFindingsSchema = z.object({
  items: z.array(trainerFindingSchema),
  next_from: count.nullable().describe('`from` of the next page; null: this is the last'),
});
export type VersionFindings = z.infer<typeof versionFindingsSchema>;

const placeSchema = z.object({
  number: z.int().positive().nullable().describe('Its number in the version, from 1; null: it is in no file any more'),
  file: z.string(),
  row: z.int().positive().describe('Counts the rows of the file from 1, as it was built'),
});

/** A page of the rows in which two versions differ: by the later one's order, then those that it has no more. */
export const datasetDiffRowsSchema = z.object({
  items: z.array(
    z.object({
      kind: z.enum(['added', 'removed', 'changed']),
      trace_id: z.string(),
      call_id: z.string().nullable(),
      step_id: z.string().nullable(),
      before: placeSchema.nullable(),
      after: placeSchema.nullable(),
    }),
  ),
  next_from: count.nullable().describe('`from` of the next page; null: this is the last'),
});
export type DatasetDiffRows = z.infer<typeof datasetDiffRowsSchema>;

/** quality.json of each part of a version; the part is '' where it is one. */
export const versionFiguresSchema = z.array(z.object({ part: z.string(), quality: jsonSchema }));
export type VersionFigures = z.infer<typeof versionFiguresSchema>;
