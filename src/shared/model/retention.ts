import * as z from 'zod';

/** What retention deleted, or (`dry_run`) would delete now. */
export const retentionReportSchema = z.object({
  dry_run: z.boolean(),
  /** Traces deleted, and of these why. */
  traces: z.int(),
  by_age: z.int(),
  by_size: z.int(),
  /** Exchanges deleted: those of these traces and those of no trace. */
  exchanges: z.int(),
  /** Of these, exchanges that belonged to no trace. */
  loose_exchanges: z.int(),
  /** Records of finished jobs; those of exports stay, they say where datasets lie. */
  jobs: z.int(),
  /** Traces that are old enough and stay because they were reviewed. */
  kept_labelled: z.int(),
  /** What the database holds, in bytes, without pages that are free. After a dry run an estimate. */
  bytes_before: z.number(),
  bytes_after: z.number(),
  /** Whether the size asked for is reached; false where what is left may not be deleted. Null where none was asked for. */
  within_size: z.boolean().nullable(),
  /**
   * What became of the free space in the file: `returned` in small steps, `vacuumed` (the whole file was written anew,
   * the store waited), `kept` for what comes next, or `none` to speak of.
   */
  space: z.enum(['returned', 'vacuumed', 'kept', 'none']),
});
export type RetentionReport = z.infer<typeof retentionReportSchema>;

/** What may be deleted: times in microseconds since the epoch. */
export interface RetentionGuard {
  /** Last seen before this. */
  ended_before: number;
  /** The same for those that still run. */
  idle_before: number;
  keep_labelled: boolean;
}

/** How full the database is. */
export interface StorageUse {
  /** Bytes of the file. */
  bytes: number;
  /** Bytes of it that hold nothing. */
  free_bytes: number;
  exchanges: number;
}

/** A trace as retention sees it, oldest first. */
export interface OldTrace {
  trace_id: string;
  started_at: number;
  ended_at: number;
  exchanges: number;
}

/** An exchange that belongs to no trace. */
export interface OldExchange {
  exchange_id: string;
  started_at: number;
}
