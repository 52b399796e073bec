import * as z from 'zod';
import {
  datasetChoicesSchema,
  datasetDefinitionSchema,
  datasetDiffRowsSchema,
  datasetDiffSchema,
  datasetListSchema,
  datasetNameSchema,
  datasetPreviewSchema,
  datasetSchema,
  datasetVersionSchema,
  exportOptionsSchema,
  exportPreviewSchema,
  hubRepoSchema,
  idSchema,
  jobSchema,
  leakOverrideSchema,
  leakReportSchema,
  traceIdsBytes,
  trainerIds,
  trainingRunSchema,
  versionCheckSchema,
  versionFiguresSchema,
  versionFileSchema,
  versionFindingsSchema,
  versionRowsSchema,
} from '../model/index.js';
import { absolutePath, nothing, page } from './inputs.js';
import { command, query } from './operation.js';

const order = exportOptionsSchema.extend({
  out: absolutePath
    .nullable()
    .default(null)
    .describe('New folder on the engine’s machine; null: one in its data folder'),
  allow_leaks: leakOverrideSchema
    .nullable()
    .default(null)
    .describe('Who takes on what is found in the files, and why; without it an export with a leak is refused'),
});

/** The guard of exports writes down what came of each: it is the same for the command line, which has no engine. */
export const exportsContract = {
  preview: query({
    scope: 'read',
    summary: 'The first rows an export would give, and what comes of the traces it would take',
    description: 'Looks at traces for about a second; `looked_at` says at how many.',
    input: exportOptionsSchema,
    inputBytes: traceIdsBytes,
    output: exportPreviewSchema,
  }),
  start: command({
    scope: 'admin',
    summary: 'Starts the export of a dataset',
    description: 'Follow it at /jobs/{job_id}; its files are at /jobs/{job_id}/files/{name}.',
    input: order,
    inputBytes: traceIdsBytes,
    output: jobSchema,
  }),
};

const named = z.object({ name: datasetNameSchema });
const versionSchema = z.coerce.number().int().positive();
const from = z.coerce.number().int().nonnegative().default(0).describe('`next_from` of the page before');

/** Datasets with names: definitions, and the versions that were built by them. */
export const datasetsContract = {
  choices: query({
    scope: 'read',
    summary: 'What a dataset can be made of: packages, layouts, trainers, formats, and what goes with what',
    input: nothing,
    output: datasetChoicesSchema,
  }),
  list: query({
    scope: 'read',
    summary: 'Datasets with their versions, and how many rows of each would be others today',
    input: z.object({ ...page, cursor: datasetNameSchema.nullish().describe('`next_cursor` of the page before') }),
    output: datasetListSchema,
  }),
  preview: query({
    scope: 'read',
    summary: 'What a definition would give: three rows of each package in each layout, and what comes of the traces',
    description: 'Looks at traces for about a second; `looked_at` says at how many.',
    input: z.object({ definition: datasetDefinitionSchema }),
    inputBytes: traceIdsBytes,
    output: datasetPreviewSchema,
  }),
  get: query({
    scope: 'read',
    summary: 'A dataset by its name: what every version of it is built by',
    input: named,
    output: datasetSchema,
  }),
  create: command({
    scope: 'admin',
    summary: 'Makes a dataset, or gives it another definition',
    input: named.extend({ definition: datasetDefinitionSchema }),
    output: datasetSchema,
  }),
  versions: query({
    scope: 'read',
    summary: 'The versions of a dataset',
    input: named,
    output: z.array(datasetVersionSchema),
  }),
  build: command({
    scope: 'admin',
    summary: 'Starts the build of the next version',
    description: 'Follow it at /jobs/{job_id}; its result is the version.',
    input: named.extend({
      out: absolutePath
        .nullable()
        .default(null)
        .describe('New folder on the engine’s machine; null: one in its data folder'),
      allow_leaks: leakOverrideSchema.nullable().default(null),
    }),
    output: jobSchema,
  }),
  push: command({
    scope: 'admin',
    summary: 'Starts the push of a version to the Hugging Face Hub',
    description:
      'Follow it at /jobs/{job_id}. Where the Hub is and its token are what HF_ENDPOINT and HF_TOKEN (or a login’s token file) say where the engine runs. The audit log has what left the machine, before and after it did.',
    input: named.extend({
      version: versionSchema,
      repo: hubRepoSchema.describe('owner/name; made where it is not there'),
      private: z.boolean().default(false).describe('Made as a private one; one that is there and public is refused'),
      allow_leaks: leakOverrideSchema
        .nullable()
        .default(null)
        .describe('Who takes on what the version was built with although it was found in it, and why'),
    }),
    output: jobSchema,
  }),
  version: query({
    scope: 'read',
    summary: 'A version: its rows, files, what is stale, and the training runs that used it',
    input: named.extend({ version: versionSchema }),
    output: datasetVersionSchema,
  }),
  check: query({
    scope: 'read',
    summary: 'Whether the folder of a version is as its build left it, and what a trainer would do to its rows',
    input: named.extend({ version: versionSchema, trainer: z.enum(trainerIds).optional() }),
    output: versionCheckSchema,
  }),
  findings: query({
    scope: 'read',
    summary: 'What a trainer would do to the rows of a version, finding by finding',
    input: named.extend({
      version: versionSchema,
      trainer: z.enum(trainerIds),
      code: z.string().max(100).optional().describe('Only these'),
      from,
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    output: versionFindingsSchema,
  }),
  files: query({
    scope: 'read',
    summary: 'The files of a version, with what stands beside its data',
    description: 'Each is at /datasets/{name}/versions/{version}/files/{file}.',
    input: named.extend({ version: versionSchema }),
    output: z.array(versionFileSchema),
  }),
  figures: query({
    scope: 'read',
    summary: 'The figures of a version: splits, distributions, duplicates, what was redacted, shares of groups',
    input: named.extend({ version: versionSchema }),
    output: versionFiguresSchema,
  }),
  rows: query({
    scope: 'read',
    summary: 'Rows of a version as its files hold them',
    input: named.extend({
      version: versionSchema,
      from: z.coerce.number().int().positive().default(1).describe('The first row, counted from 1'),
      limit: z.coerce.number().int().min(1).max(20).default(1),
    }),
    output: versionRowsSchema,
  }),
  diff: query({
    scope: 'read',
    summary: 'Two versions by rows and figures',
    input: named.extend({ version: versionSchema, with: versionSchema.describe('The version that came later') }),
    output: datasetDiffSchema,
  }),
  diffRows: query({
    scope: 'read',
    summary: 'The rows in which two versions differ',
    description: 'Where each stands in its version; what it holds is at /datasets/{name}/versions/{version}/rows.',
    input: named.extend({
      version: versionSchema,
      with: versionSchema.describe('The version that came later'),
      kind: z.enum(['added', 'removed', 'changed']).optional().describe('Only these'),
      from,
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    output: datasetDiffRowsSchema,
  }),
  addRun: command({
    scope: 'admin',
    summary: 'Notes which training run used a version, and how it fared',
    description: 'The same run_id again takes the place of what was told.',
    input: trainingRunSchema.extend({ name: datasetNameSchema, version: versionSchema }),
    output: datasetVersionSchema,
  }),
};

/** The second look at an export's files. */
export const leaksContract = {
  start: command({
    scope: 'admin',
    summary: 'Looks through an export, or JSONL and Parquet files, that are there already',
    description: 'Follow it at /jobs/{job_id}; its report is at /jobs/{job_id}/leaks.',
    input: z.object({
      path: absolutePath.describe('A folder or a file on the engine’s machine'),
      seed: z.int().default(0).describe('Of the sample for review'),
    }),
    output: jobSchema,
  }),
  report: query({
    scope: 'read',
    summary: 'The leak report of a finished export or leak check',
    description: 'Where something was found, never what. Of a refused export the job’s error tells.',
    input: z.object({ job_id: idSchema }),
    output: leakReportSchema,
  }),
  sampleRow: query({
    scope: 'read',
    summary: 'A row that was drawn for review',
    input: z.object({ job_id: idSchema, index: z.int().min(0).max(10_000) }),
    output: z.object({ text: z.string(), cut: z.boolean().describe('Only its beginning is there') }),
  }),
};
