import { join } from 'node:path';
import * as z from 'zod';
import type { Call, Step } from '../../../shared/model/index.js';
import { type MeasuredTrace, measuredTraceSchema } from '../../../shared/model/oracle-features.js';
import type { JobStep } from '../../ground/job-kind.js';
import { type OpenCatalogue, openCatalogue } from '../catalogue.js';
import { askedIn } from '../intents/asked.js';
import { intentOf } from '../intents/intent.js';
import { type Lexicons, lexiconsOf } from '../intents/lexicon.js';
import { placed } from './baseline.js';
import { baselineName, readBaseline } from './baseline-file.js';
import { featuresOf } from './features.js';

/** A request as it is shown: enough to know it by. */
const shownText = 300;

/** A trace of the store, as far as it is measured. */
export interface MeasurableTrace {
  trace_id: string;
  steps: readonly Step[];
  calls: readonly Pick<Call, 'tools_offered'>[];
}
export type Measuring = ReturnType<typeof measuringIn>;

/** Measures traces by the domains of folders, which are read when they are first needed: a second's work. */
export function measuringIn(folders: readonly string[]) {
  let known: { catalogue: OpenCatalogue; lexicons: Lexicons } | null = null;
  return ({ trace_id, ...trace }: MeasurableTrace): Omit<MeasuredTrace, 'placement'> => {
    if (known === null) {
      const catalogue = openCatalogue(folders);
      known = { catalogue, lexicons: lexiconsOf(catalogue.all()) };
    }
    const asked = askedIn(trace);
    return {
      trace_id,
      text: asked.text.slice(0, shownText),
      intent: intentOf(known.lexicons, asked),
      features: featuresOf(known.catalogue, known.lexicons, trace),
    };
  };
}

/** What traces of the store ask for, what is measured of them, and where they stand in the baseline of a run's folder. */
export const measureTraces: JobStep<
  { trace_ids: string[]; run_folder: string | null },
  MeasuredTrace[],
  { trace(traceId: string): MeasurableTrace | null; measuring: Measuring }
> = {
  id: 'oracle-measure',
  params: z.object({ trace_ids: z.array(z.string()), run_folder: z.string().nullable() }),
  result: z.array(measuredTraceSchema),
  async run({ trace_ids, run_folder }, { signal }, { trace, measuring }) {
    const baseline = run_folder === null ? null : readBaseline(join(run_folder, baselineName));
    const made: MeasuredTrace[] = [];
    for (const id of trace_ids) {
      signal.throwIfAborted();
      const stored = trace(id);
      if (stored === null) continue;
      const one = measuring(stored);
      made.push({ ...one, placement: baseline === null ? null : placed(one.features, baseline) });
      await new Promise(setImmediate);
    }
    return made;
  },
};
