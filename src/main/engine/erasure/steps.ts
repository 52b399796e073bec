import { setImmediate as breathe } from 'node:timers/promises';
import * as z from 'zod';
import { type ErasedExport, erasedExportSchema } from '../../../shared/model/index.js';
import type { JobStep } from '../../ground/job-kind.js';
import { eachOf } from '../../ground/pages.js';
import type { StoreReader } from '../../store/index.js';
import type { ExportEraser } from './erased-exports.js';

/** What erasure's steps work with on the work thread. */
export interface ErasureTools {
  erasing: ExportEraser;
  reader: Pick<StoreReader, 'traces'>;
}

const rowKeysSchema = z.record(z.string(), z.array(z.string()));

const targetsSchema = z.object({ query: z.string().nullable(), trace_ids: z.array(z.string()) });
const foundSchema = z.object({ trace_ids: z.array(z.string()), rows: rowKeysSchema });

/** Which traces an erasure is about, and the keys of their rows in datasets that name no trace. */
export const findTargets: JobStep<z.infer<typeof targetsSchema>, z.infer<typeof foundSchema>, ErasureTools> = {
  id: 'erasure-targets',
  params: targetsSchema,
  result: foundSchema,
  async run({ query, trace_ids: picked }, { signal }, { erasing, reader }) {
    const ids = new Set(picked);
    if (query !== null) {
      for (const { trace_id } of eachOf((cursor) => reader.traces({ query, limit: 200, cursor }))) {
        ids.add(trace_id);
        if (ids.size % 200 > 0) continue;
        await breathe();
        signal.throwIfAborted();
      }
    }
    const trace_ids = [...ids];
    return { trace_ids, rows: await erasing.rowsOf(trace_ids, signal) };
  },
};

const textsSchema = z.object({ values: z.array(z.string()), texts: z.array(z.string()) });

/** Takes values out of texts. */
export const eraseTexts: JobStep<z.infer<typeof textsSchema>, string[], ErasureTools> = {
  id: 'erasure-texts',
  params: textsSchema,
  result: z.array(z.string()),
  run: async ({ values, texts }, _control, { erasing }) => texts.map(erasing.changeOf(values)),
};

/** Redacts texts by the rules as they are. */
export const redactTexts: JobStep<{ texts: string[] }, string[], { redact(text: string): string }> = {
  id: 'redact-texts',
  params: z.object({ texts: z.array(z.string()) }),
  result: z.array(z.string()),
  run: async ({ texts }, _control, { redact }) => texts.map(redact),
};

const exportsSchema = z.object({
  erasure_id: z.string(),
  trace_ids: z.array(z.string()),
  rows: rowKeysSchema,
  values: z.array(z.string()),
});

/** Rewrites every dataset that was written on this machine. */
export const eraseExports: JobStep<z.infer<typeof exportsSchema>, ErasedExport[], ErasureTools> = {
  id: 'erasure-exports',
  params: exportsSchema,
  result: z.array(erasedExportSchema),
  run: ({ erasure_id, trace_ids, rows, values }, { signal, progress }, { erasing }) =>
    erasing.erase({
      erasure_id,
      traceIds: new Set(trace_ids),
      rows,
      values,
      signal,
      onDataset: (done) => progress(null, `${done} datasets written on this machine looked through`),
    }),
};
