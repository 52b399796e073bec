import { setImmediate as breathe } from 'node:timers/promises';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import {
  auditActorSchema,
  idSchema,
  labels,
  type Page,
  reviewSchema,
  type TraceSummary,
} from '../../shared/model/index.js';
import { changedReview, type ReviewChange, type ReviewContent, type ReviewField } from '../../shared/review-change.js';
import type { JobKind } from '../ground/job-kind.js';

const changeSchema = z.object({
  label: z.enum(labels).nullable().optional(),
  rating: reviewSchema.shape.rating.optional(),
  note: z.string().optional(),
  add_tags: z.array(z.string()).optional(),
  remove_tags: z.array(z.string()).optional(),
});
const paramsSchema = z.object({
  query: z.string(),
  change: changeSchema,
  dry_run: z.boolean(),
  reviewer: z.string(),
  /** What one undo takes back. */
  bulk: idSchema,
  actor: auditActorSchema,
});
const contentSchema = reviewSchema.pick({ label: true, rating: true, tags: true, note: true });
const resultSchema = z.object({
  dry_run: z.boolean(),
  /** Traces that the query found. */
  traces: z.int(),
  /** Those whose review is another now, or would be. */
  changed: z.int(),
  /** Traces that the reviewer judges without what others said of them, whatever the query: none of them is looked at. */
  left_blind: z.int(),
  /** How often each field is another. */
  fields: z.record(z.string(), z.int()),
  /** The first of those that would change; empty of what was done, which an undo tells. */
  sample: z.array(z.object({ trace_id: idSchema, title: z.string(), before: contentSchema, after: contentSchema })),
});
type Params = z.infer<typeof paramsSchema>;
type Result = z.infer<typeof resultSchema>;

export interface BulkReviewTools {
  reader: {
    traces(options: {
      query: string;
      limit: number;
      cursor: string | null;
      without: readonly string[];
    }): Page<TraceSummary>;
    countTraces(query: string, traceIds: undefined, without: readonly string[]): number;
    /** Ids of the traces that a reviewer judges without what others said of them. */
    blindTraces(reviewer: string): string[];
    /** What one change of many did so far, over all its runs. */
    bulkChanges(bulk: string): { changed: number; fields: { [field: string]: number } };
  };
  reviewing: {
    set(traceIds: string[], change: ReviewChange, by: { reviewer: string; bulk: string }): Promise<unknown>;
    changed(): Promise<void>;
  };
}

const checkpointSchema = z.object({ cursor: z.string().nullable(), traces: z.int() });
const [pageSize, mostSamples] = [100, 20];
const blankReview: ReviewContent = { label: null, rating: null, tags: [], note: '' };

/**
 * Jobs that change the reviews of everything that a query finds, a page at a time; a dry run says what that would change. A run
 * that was cut off goes on behind its last page: what it had changed already stays as it is.
 */
export const bulkReviewKind: JobKind<Params, Result, BulkReviewTools> = {
  id: 'review',
  title: 'Reviews of many',
  params: paramsSchema,
  result: resultSchema,
  lane: 'cpu',
  atOnce: 1,
  async run({ query, change, dry_run, reviewer, bulk }, control, { reader, reviewing }) {
    const reviewChange = change as ReviewChange;
    const resumed = dry_run ? null : (checkpointSchema.safeParse(control.resumed).data ?? null);
    const fields: { [field: string]: number } = {};
    const sample: Result['sample'] = [];
    let [changed, traces, cursor] = [0, resumed?.traces ?? 0, resumed?.cursor ?? null];
    control.checkpoint({ cursor, traces });
    let blind = reader.blindTraces(reviewer);
    const total = reader.countTraces(query, undefined, blind) + traces;
    const count = (each: readonly ReviewField[]) => {
      if (each.length > 0) changed += 1;
      for (const field of each) fields[field] = (fields[field] ?? 0) + 1;
    };
    // Newest first by time and id: what a change takes out of the query lies before the cursor.
    for (;;) {
      const page: Page<TraceSummary> = reader.traces({ query, limit: pageSize, cursor, without: blind });
      if (dry_run) {
        for (const { trace_id, title, review } of page.items) {
          const { label, rating, tags, note } = review ?? blankReview;
          const before = { label, rating, tags, note };
          const { after, fields: fieldsChanged } = changedReview(before, reviewChange);
          count(fieldsChanged);
          if (fieldsChanged.length > 0 && sample.length < mostSamples) sample.push({ trace_id, title, before, after });
        }
      } else if (page.items.length > 0) {
        const ids = page.items.map(({ trace_id }) => trace_id);
        await reviewing.set(ids, reviewChange, { reviewer, bulk });
      }
      traces += page.items.length;
      cursor = page.next_cursor;
      const work = { done: traces, total: Math.max(total, traces), unit: 'traces' };
      control.progress(total === 0 ? null : Math.min(1, traces / total), `${traces} of ${work.total} traces`, work);
      if (cursor === null) break;
      control.checkpoint({ cursor, traces });
      await breathe();
      if (control.signal.aborted) throw new SluiceError('job_cancelled', 'The change of many reviews was cancelled.');
      // Asked anew for each page: items are given out meanwhile.
      blind = reader.blindTraces(reviewer);
    }
    const left_blind = blind.length;
    if (dry_run) return { dry_run, traces, left_blind, changed, fields, sample };
    await reviewing.changed();
    return { dry_run, traces, left_blind, ...reader.bulkChanges(bulk), sample: [] };
  },
};
