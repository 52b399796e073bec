import * as z from 'zod';
import {
  auditActorSchema,
  type BuiltVersion,
  builtVersionSchema,
  leakOverrideSchema,
} from '../../../shared/model/index.js';
import type { JobKind } from '../../ground/job-kind.js';
import type { GuardExport } from '../exports.js';
import type { ExportSource } from '../source.js';
import { buildVersion } from './build.js';
import { datasetFiles } from './files.js';

const buildParamsSchema = z.object({
  name: z.string(),
  out: z.string().nullable(),
  actor: auditActorSchema,
  allow_leaks: leakOverrideSchema.nullable(),
});

/** The number that a build had when it was cut off. */
const resumedSchema = z.object({ version: z.int().positive() });

/** The job that builds the next version of a dataset. Cut off, it begins again under its number, or tells what it had made. */
export const buildKind: JobKind<
  z.infer<typeof buildParamsSchema>,
  BuiltVersion,
  { source: ExportSource; guard: GuardExport; datasetsFolder: string }
> = {
  id: 'dataset-build',
  title: 'Dataset',
  params: buildParamsSchema,
  result: builtVersionSchema,
  lane: 'cpu',
  atOnce: 1,
  async run(order, { signal, progress, log, checkpoint, resumed }, { source, guard, datasetsFolder }) {
    const control = {
      signal,
      onProgress: progress,
      onNote: log,
      resumed: resumedSchema.safeParse(resumed).data?.version ?? null,
      onVersion: (version: number) => checkpoint({ version }),
    };
    const built = await buildVersion(order, datasetFiles(datasetsFolder), source, { guard, control });
    log(`Version ${built.version} of ${built.name}: ${built.rows} rows of ${built.traces} traces`);
    return built;
  },
};
