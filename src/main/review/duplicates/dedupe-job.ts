import * as z from 'zod';
import { type DedupeReport, dedupeReportSchema, nearLevelSchema } from '../../../shared/model/index.js';
import type { JobKind } from '../../ground/job-kind.js';
import { pauses } from '../../ground/pauses.js';
import type { NearTools } from './corpus.js';
import { dedupe, type NearKeeping } from './dedupe.js';

const paramsSchema = z.object({ query: z.string(), level: nearLevelSchema, threshold: z.number() });

/** The job that finds near-duplicates. What it read is kept as it goes: one that broke off goes on behind it. */
export const dedupeKind: JobKind<
  z.infer<typeof paramsSchema>,
  DedupeReport,
  { near: NearTools; nearKeeping: NearKeeping }
> = {
  id: 'dedupe',
  title: 'Near-duplicates',
  params: paramsSchema,
  result: dedupeReportSchema,
  lane: 'cpu',
  atOnce: 1,
  async run(options, { signal, progress, checkpoint }, { near, nearKeeping }) {
    checkpoint({ begun: true });
    const control = {
      pause: pauses(signal),
      progress: (done: number) => progress(null, `${done} traces read`, { done, total: null, unit: 'traces' }),
    };
    return dedupe(near, options, control, nearKeeping);
  },
};
