import * as z from 'zod';
import { pageSchema } from './common.js';
import { datasetNameSchema, staleRowsSchema } from './datasets.js';
import { packageIds } from './packages.js';
import { datasetDefinitionSchema, exportPreviewSchema, layoutIds } from './studio.js';

/** A dataset as it is found by its name. */
export const datasetSchema = z.object({ name: datasetNameSchema, definition: datasetDefinitionSchema });

/** Datasets in the order of their names. */
export const datasetListSchema = pageSchema(
  z.object({
    name: z.string(),
    definition: datasetDefinitionSchema.nullable().describe('null: it cannot be read'),
    versions: z.array(
      z.object({
        version: z.int().positive(),
        rows: z.int().nonnegative(),
        created_at: z.string(),
        stale_rows: z.int().nonnegative(),
        stale: staleRowsSchema,
      }),
    ),
  }),
);
export type DatasetList = z.infer<typeof datasetListSchema>;

/** What a definition would give today, each package in each layout apart. */
export const datasetPreviewSchema = z.array(
  exportPreviewSchema.extend({ package: z.enum(packageIds).nullable(), layout: z.enum(layoutIds) }),
);
export type DatasetPreview = z.infer<typeof datasetPreviewSchema>;
