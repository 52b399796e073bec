import { setImmediate as breathe } from 'node:timers/promises';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import {
  type AuditActor,
  auditActorSchema,
  type Json,
  type OldExchange,
  type OldTrace,
  type RetentionGuard,
  type RetentionReport,
  retentionReportSchema,
  type StorageUse,
} from '../../shared/model/index.js';
import type { Settings } from '../../shared/settings.js';
import type { JobControl, JobKind } from '../ground/job-kind.js';

const retentionParamsSchema = z.object({ dry_run: z.boolean(), actor: auditActorSchema });

type Rules = Settings['retention'];
interface Place {
  at: number;
  id: number;
}

/** What retention needs of the store: reads of old things, and the commands that delete a few of them. */
export interface RetentionStore {
  traces(guard: RetentionGuard, after: Place, limit: number): { items: OldTrace[]; next: Place | null };
  exchanges(before: number, after: Place, limit: number): { items: OldExchange[]; next: Place | null };
  keptLabelled(guard: RetentionGuard): number;
  finishedJobs(before: number): number;
  use(): StorageUse;
  deleteTraces(traceIds: string[], guard: RetentionGuard): Promise<{ traces: number; exchanges: number }>;
  deleteExchanges(exchangeIds: string[]): Promise<number>;
  deleteJobs(before: number): Promise<number>;
  /** One step of making free what deleted words left in the text index. */
  tidyTexts(begin: boolean): Promise<{ more: boolean }>;
  giveBack(): Promise<{ more: boolean; space: RetentionReport['space'] }>;
}

type RetentionControl = Pick<JobControl, 'signal' | 'progress' | 'checkpoint' | 'resumed'>;

/** What the job works with. */
export interface RetentionTools {
  retention: {
    rules(): Promise<Rules>;
    store: RetentionStore;
    finished(report: RetentionReport, actor: AuditActor): Promise<unknown>;
  };
}

/** The job that deletes by the rules that hold when it runs. */
export const retentionKind: JobKind<z.infer<typeof retentionParamsSchema>, RetentionReport, RetentionTools> = {
  id: 'retention',
  title: 'Retention',
  params: retentionParamsSchema,
  result: retentionReportSchema,
  lane: 'cpu',
  atOnce: 1,
  async run({ dry_run, actor }, control, { retention }) {
    const now = Date.now() * 1000;
    const report = await runRetention(await retention.rules(), retention.store, { dryRun: dry_run, now }, control);
    if (!dry_run) await retention.finished(report, actor);
    return report;
  },
};

const countSchema = z.number().int().nonnegative();
/** What a checkpoint holds: how much there was, and what is gone of it. */
const progressSchema = z.object({
  before: z.object({ bytes: countSchema, free_bytes: countSchema, exchanges: countSchema }),
  counts: z.object({
    traces: countSchema,
    by_age: countSchema,
    by_size: countSchema,
    exchanges: countSchema,
    loose_exchanges: countSchema,
    jobs: countSchema,
  }),
});

const day = 86_400e6;
const first: Place = { at: Number.MIN_SAFE_INTEGER, id: 0 };
/** A trace that still runs is left alone until it was silent for so long. */
const idle = 3600e6;
/** What is read at once. */
const page = 200;
/** What is deleted in one transaction, in exchanges: the store does nothing else meanwhile. */
const batchExchanges = 100;
const batchTraces = 10;

/**
 * Deletes what is older than the rules allow, then the oldest until the database is as small as they ask. In small
 * transactions: cancelled or broken off, what was deleted is deleted whole and the rest is as it was. Gone on with after a crash,
 * its report counts what was deleted before too, but for the last fraction of a second. `dryRun` counts what would go; of what
 * goes by size it can only say about how much.
 * @param now microseconds since the epoch
 */
export async function runRetention(
  rules: Rules,
  store: RetentionStore,
  { dryRun, now }: { dryRun: boolean; now: number },
  control: RetentionControl,
): Promise<RetentionReport> {
  const stood = dryRun || control.resumed === null ? null : progressSchema.parse(control.resumed);
  const before = stood?.before ?? store.use();
  const cutoff = rules.max_age_days === null ? null : now - rules.max_age_days * day;
  const report: RetentionReport = {
    dry_run: dryRun,
    traces: 0,
    by_age: 0,
    by_size: 0,
    exchanges: 0,
    loose_exchanges: 0,
    jobs: 0,
    kept_labelled: 0,
    bytes_before: held(before),
    bytes_after: held(before),
    within_size: null,
    space: 'none',
    ...stood?.counts,
  };
  const { max_bytes: limit, keep_labelled } = rules;
  /** What one exchange takes up, with all that belongs to it. */
  const average = (use: StorageUse) => (use.exchanges === 0 ? 0 : held(use) / use.exchanges);
  const estimate = () => Math.max(0, held(before) - report.exchanges * average(before));

  /** What it has done so far: nothing of it comes again. */
  const mark = () => {
    const { traces, by_age, by_size, exchanges, loose_exchanges, jobs } = report;
    control.checkpoint({
      before: { ...before },
      counts: { traces, by_age, by_size, exchanges, loose_exchanges, jobs },
    });
  };
  mark();
  const pause = async () => {
    mark();
    await breathe();
    if (control.signal.aborted) throw new SluiceError('job_cancelled', 'Retention was cancelled.');
    control.progress(null, `${report.traces} traces, ${report.loose_exchanges} exchanges without a trace`);
  };

  async function tidy(): Promise<void> {
    for (let step = await store.tidyTexts(true); step.more; step = await store.tidyTexts(false)) await pause();
  }

  /** Deletes so many exchanges with their traces, the oldest first; what is older than `counted` was counted before. */
  async function sweep(guard: RetentionGuard, reason: 'by_age' | 'by_size', amount: number, counted: number) {
    const traces = pages((after) => store.traces(guard, after, page));
    const loose = pages((after) => store.exchanges(guard.ended_before, after, page));
    for (let left = amount; left > 0; ) {
      const enough = Math.min(batchExchanges, left);
      const ofTraces: string[] = [];
      const ofNone: string[] = [];
      let exchanges = 0;
      while (exchanges < enough && ofTraces.length < batchTraces) {
        const [trace, exchange] = [traces.peek(), loose.peek()];
        if (trace !== null && (exchange === null || trace.started_at <= exchange.started_at)) {
          traces.next();
          if (trace.ended_at < counted) continue;
          ofTraces.push(trace.trace_id);
          exchanges += trace.exchanges;
        } else if (exchange !== null) {
          loose.next();
          if (exchange.started_at < counted) continue;
          ofNone.push(exchange.exchange_id);
          exchanges += 1;
        } else break;
      }
      if (ofTraces.length + ofNone.length === 0) return;
      const gone = dryRun
        ? { traces: ofTraces.length, exchanges: exchanges - ofNone.length }
        : await store.deleteTraces(ofTraces, guard);
      const goneLoose = dryRun ? ofNone.length : await store.deleteExchanges(ofNone);
      report.traces += gone.traces;
      report[reason] += gone.traces;
      report.exchanges += gone.exchanges + goneLoose;
      report.loose_exchanges += goneLoose;
      left -= Math.max(1, gone.exchanges + goneLoose);
      await pause();
    }
  }

  if (cutoff !== null) {
    const guard: RetentionGuard = { ended_before: cutoff, idle_before: cutoff, keep_labelled };
    await sweep(guard, 'by_age', Number.POSITIVE_INFINITY, Number.MIN_SAFE_INTEGER);
    report.kept_labelled = store.keptLabelled(guard);
    report.jobs += dryRun ? store.finishedJobs(cutoff) : await store.deleteJobs(cutoff);
  }
  if (limit !== null) {
    const guard: RetentionGuard = { ended_before: now, idle_before: now - idle, keep_labelled };
    if (dryRun) {
      const over = (estimate() - limit) / average(before);
      if (over > 0) await sweep(guard, 'by_size', Math.ceil(over), cutoff ?? Number.MIN_SAFE_INTEGER);
    } else {
      for (let gone = -1; held(store.use()) > limit && gone !== report.exchanges; ) {
        gone = report.exchanges;
        // How much is really held shows only when the room of deleted words is free.
        await tidy();
        const use = store.use();
        const over = (held(use) - limit) / average(use);
        if (over > 0) await sweep(guard, 'by_size', Math.ceil(over), Number.MIN_SAFE_INTEGER);
      }
    }
    report.within_size = (dryRun ? estimate() : held(store.use())) <= limit;
  }
  // Writing the text index anew costs as much as it is large: for little it waits until more is gone.
  if (!dryRun && limit === null && report.exchanges * 10 >= before.exchanges && report.exchanges > 0) await tidy();
  report.bytes_after = Math.round(dryRun ? estimate() : held(store.use()));
  if (!dryRun && report.exchanges + report.jobs > 0) {
    for (let more = true; more; ) {
      await pause();
      const step = await store.giveBack();
      if (step.space !== 'none' || report.space === 'none') report.space = step.space;
      more = step.more;
    }
  }
  return report;
}

/** Whether anything would ever be deleted. */
export function hasRetention(rules: Rules): boolean {
  return rules.max_age_days !== null || rules.max_bytes !== null;
}

/** What the audit log keeps of it. */
export function retentionDetails(report: RetentionReport): { [key: string]: Json } {
  const { dry_run: _, ...counts } = report;
  return counts;
}

function held({ bytes, free_bytes }: StorageUse): number {
  return bytes - free_bytes;
}

/** One item after the other out of pages that follow each other. */
function pages<T>(read: (after: Place) => { items: T[]; next: Place | null }) {
  let items: T[] = [];
  let at = 0;
  let next: Place | null = first;
  return {
    peek(): T | null {
      while (at >= items.length) {
        if (next === null) return null;
        ({ items, next } = read(next));
        at = 0;
      }
      return items[at] as T;
    },
    next: () => {
      at += 1;
    },
  };
}
