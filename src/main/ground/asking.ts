import * as z from 'zod';
import { createBudget } from './budget.js';
import { eachAtOnce } from './each-at-once.js';
import type { JobControl } from './job-kind.js';
import type { Budget } from './language-model.js';

/** What every job that asks models about traces tells in the end. */
export interface AskingReport {
  /** Traces that were come to. */
  traces: number;
  /** Null where a profile has no prices; 0 where all was answered before. */
  cost_usd: number | null;
  /** The most that attempts which broke off may have cost besides; budgets count it. */
  unheard_usd: number;
  /** Why it ended before all were asked about; null where they were. */
  stopped: 'budget' | null;
  seconds: number;
}

interface WantedTraces {
  query: string;
  trace_ids?: string[] | undefined;
  budget_usd: number | null;
}

/** Where a job finds its traces and what it has spent. */
export interface AskedTraces {
  traces(page: { query: string; limit: number; cursor: string | null }): {
    items: { trace_id: string }[];
    next_cursor: string | null;
  };
  countTraces(query: string): number;
  /** What calls of an account came to. */
  spent(account: string): Pick<AskingReport, 'cost_usd' | 'unheard_usd'>;
  /** What is kept changed; told after each page. */
  changed(): void;
  /** From reading a trace to writing down what a model made of it: erasures wait for that, and are waited for. `erasures`: how many there were. */
  held<T>(signal: AbortSignal, work: (erasures: number) => Promise<T>): Promise<T>;
}

/** What the calls of a run share. */
export interface AskedWith {
  account: string;
  budget?: Budget;
  signal: AbortSignal;
}

export interface Asking<Report extends AskingReport> {
  report: z.ZodType<Report>;
  /** Of a run that begins. */
  empty: Report;
  newAccount(): string;
  /** How many traces are asked about at once: the models' own lanes slow down where they must. */
  atOnce: number;
  /** Asks about a trace and counts in the report what came of it. */
  ask(traceId: string, report: Report, shared: AskedWith): Promise<void>;
}

/** Traces of one page. */
const pageSize = 40;

/**
 * Asks models about traces, page by page. A run that was cut off goes on behind its last page, with all that its calls came to; what it
 * had asked beyond that page is answered from the cache. A budget that is used up ends it, and says so.
 */
export async function askAboutTraces<Report extends AskingReport>(
  wanted: WantedTraces,
  control: JobControl,
  source: AskedTraces,
  asking: Asking<Report>,
): Promise<Report> {
  const started = performance.now();
  const resumed = z
    .object({
      /** Behind the last page that is done: of the query, or how many of the picked ones. */
      cursor: z.string().nullable(),
      report: asking.report,
      /** What pays for its calls, those of a page that was cut off too. */
      account: z.string(),
    })
    .safeParse(control.resumed).data;
  const report = resumed?.report ?? asking.empty;
  const account = resumed?.account ?? asking.newAccount();
  let cursor = resumed?.cursor ?? null;
  const before = report.seconds;
  const note = () => {
    report.seconds = before + (performance.now() - started) / 1000;
    Object.assign(report, source.spent(account));
  };
  const keep = () => control.checkpoint({ cursor, report, account } as unknown as typeof control.resumed);
  note();
  keep();
  const total = wanted.trace_ids?.length ?? source.countTraces(wanted.query);
  const budget =
    wanted.budget_usd === null
      ? undefined
      : createBudget(wanted.budget_usd, (report.cost_usd ?? 0) + report.unheard_usd);
  const ended = new AbortController();
  const signal = AbortSignal.any([control.signal, ended.signal]);
  const shared = { account, signal, ...(budget === undefined ? {} : { budget }) };
  let done = report.traces;
  const ask = async (traceId: string) => {
    await asking.ask(traceId, report, shared);
    done += 1;
    const cost = report.cost_usd === null ? '' : `, $${report.cost_usd.toFixed(4)}`;
    const of = Math.max(total, done);
    control.progress(done / of, `${done} of ${of} traces${cost}`, { done, total: of, unit: 'traces' });
  };
  do {
    const page = pageOf(wanted, source, cursor);
    report.traces += page.ids.length;
    try {
      await eachAtOnce(page.ids, asking.atOnce, ask);
    } catch (error) {
      ended.abort(error);
      control.signal.throwIfAborted();
      if (!isBudgetUsed(error)) throw error;
      report.stopped = 'budget';
      control.log(`Stopped: ${error.message}`, 'warn');
      break;
    } finally {
      source.changed();
    }
    cursor = page.next;
    note();
    keep();
  } while (cursor !== null);
  // Also what was paid for a trace that the budget did not reach for.
  note();
  return report;
}

function pageOf({ query, trace_ids }: WantedTraces, source: AskedTraces, cursor: string | null) {
  if (trace_ids === undefined) {
    const { items, next_cursor } = source.traces({ query, limit: pageSize, cursor });
    return { ids: items.map(({ trace_id }) => trace_id), next: next_cursor };
  }
  const from = Number(cursor ?? 0);
  const to = from + pageSize;
  return { ids: trace_ids.slice(from, to), next: to < trace_ids.length ? String(to) : null };
}

/** Nothing more fits into what may be spent. */
const budgetUsed = 'model_budget_used';

export function isBudgetUsed(error: unknown): error is Error {
  return error instanceof Error && (error as { code?: unknown }).code === budgetUsed;
}

/** Errors that end a run rather than leave one question without an answer. */
const ending: ReadonlySet<unknown> = new Set([
  'model_profile_missing',
  'model_not_agreed',
  'model_key_missing',
  'model_key_invalid',
  budgetUsed,
  'model_price_unknown',
]);

const tookSchema = z
  .object({ cost_usd: z.number().nullable().default(0), attempts: z.int().default(0) })
  .catch({ cost_usd: 0, attempts: 0 });

/** The reason that a failed call of a model gives for what it leaves without an answer, and what it took; what ends the whole run is thrown on. */
export function failureOf(error: unknown, signal: AbortSignal) {
  signal.throwIfAborted();
  const { code, details } = error instanceof Error ? (error as { code?: unknown; details?: unknown }) : {};
  if (typeof code !== 'string' || !code.startsWith('model_') || ending.has(code)) throw error;
  return { reason: `${(error as Error).message} [${code}]`, ...tookSchema.parse(details ?? {}) };
}
