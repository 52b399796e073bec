import * as z from 'zod';
import {
  type DatasetDiff,
  type DatasetDiffRows,
  type DatasetVersion,
  datasetDiffRowsSchema,
  datasetDiffSchema,
  datasetListSchema,
  datasetNameSchema,
  datasetVersionSchema,
  trainingRunSchema,
} from '../../../shared/model/index.js';
import type { JobStep } from '../../ground/job-kind.js';
import { planStep } from '../push/plan.js';
import type { ExportSource } from '../source.js';
import { createDatasets } from './index.js';
import { checkVersion, findFile, listContents, readFigures, readFindings, readRows } from './looks.js';

export { checkVersion, findFile, listContents, readFigures, readFindings, readRows } from './looks.js';

interface Tools {
  source: ExportSource;
  datasetsFolder: string;
}

const named = z.object({ name: datasetNameSchema });
const version = z.int().positive();
const datasets = ({ datasetsFolder, source }: Tools) => createDatasets(datasetsFolder, source);

/** Datasets with their versions. It reads where every row of them comes from, as the other steps here do of some. */
const listSchema = z.object({ cursor: z.string().nullable(), limit: z.int().positive() });
export const listDatasets: JobStep<z.infer<typeof listSchema>, z.infer<typeof datasetListSchema>, Tools> = {
  id: 'datasets-list',
  params: listSchema,
  result: datasetListSchema,
  run: ({ cursor, limit }, _, tools) => datasets(tools).list(cursor, limit),
};

export const readVersions: JobStep<z.infer<typeof named>, DatasetVersion[], Tools> = {
  id: 'dataset-versions',
  params: named,
  result: z.array(datasetVersionSchema),
  run: ({ name }, _, tools) => datasets(tools).versions(name),
};

const oneSchema = named.extend({ version });
export const readVersion: JobStep<z.infer<typeof oneSchema>, DatasetVersion, Tools> = {
  id: 'dataset-version',
  params: oneSchema,
  result: datasetVersionSchema,
  run: ({ name, version: number }, _, tools) => datasets(tools).version(name, number),
};

const twoSchema = named.extend({ before: version, after: version });
export const compareVersions: JobStep<z.infer<typeof twoSchema>, DatasetDiff, Tools> = {
  id: 'dataset-diff',
  params: twoSchema,
  result: datasetDiffSchema,
  run: ({ name, before, after }, _, tools) => datasets(tools).diff(name, before, after),
};

const diffRowsSchema = twoSchema.extend({
  kind: datasetDiffRowsSchema.shape.items.element.shape.kind.nullable(),
  from: z.int().nonnegative(),
  limit: z.int().min(1).max(200),
});
export const compareRows: JobStep<z.infer<typeof diffRowsSchema>, DatasetDiffRows, Tools> = {
  id: 'dataset-diff-rows',
  params: diffRowsSchema,
  result: datasetDiffRowsSchema,
  run: ({ name, before, after, ...page }, _, tools) => datasets(tools).diffRows(name, before, after, page),
};

// What was redacted may be longer than what was typed.
const runSchema = oneSchema.extend({
  run: trainingRunSchema.extend({ run_id: z.string(), model: z.string() }),
});
export const noteRun: JobStep<z.infer<typeof runSchema>, DatasetVersion, Tools> = {
  id: 'dataset-run',
  params: runSchema,
  result: datasetVersionSchema,
  run: ({ name, version: number, run }, _, tools) => datasets(tools).addRun(name, number, run),
};

export const datasetSteps = [
  listDatasets,
  readVersions,
  readVersion,
  compareVersions,
  compareRows,
  noteRun,
  checkVersion,
  listContents,
  findFile,
  readFigures,
  readFindings,
  readRows,
  planStep,
];
