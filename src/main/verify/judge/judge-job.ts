import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import { uuidv7 } from '../../../shared/ids.js';
import {
  idSchema,
  type Judgement,
  type JudgementSent,
  type JudgeReport,
  judgeOptionsSchema,
  judgeReportSchema,
  type ListedRubric,
  type ModelSpending,
  type Page,
} from '../../../shared/model/index.js';
import { createBudget } from '../../ground/budget.js';
import { eachAtOnce } from '../../ground/each-at-once.js';
import type { JobControl, JobKind } from '../../ground/job-kind.js';
import { budgetUsed, type JudgedTrace, type Judging, judgeTrace, type Made } from './judge-trace.js';
import { rounded } from './rubrics/parse.js';

const paramsSchema = judgeOptionsSchema.extend({ query: z.string(), trace_ids: z.array(idSchema).optional() });
type Params = z.infer<typeof paramsSchema>;

/** What the job reads and keeps. */
export interface JudgeTools extends Judging {
  rubric(id: string): ListedRubric;
  traces(page: { query: string; limit: number; cursor: string | null }): Page<{ trace_id: string }>;
  countTraces(query: string): number;
  trace(traceId: string): JudgedTrace | null;
  save(made: Omit<Made, 'sent'>, sent: JudgementSent['sent']): Promise<Judgement>;
  /** What calls of an account came to. */
  spent(account: string): ModelSpending;
  changed(): void;
}

/** Traces of one page, and of those how many are asked about at once: the models' own lanes slow down where they must. */
const [pageSize, atOnce] = [40, 8];
const mostIds = 1000;

const checkpointSchema = z.object({
  /** Behind the last page that is done: of the query, or how many of the picked ones. */
  cursor: z.string().nullable(),
  report: judgeReportSchema,
  /** What pays for its calls, those of a page that was cut off too. */
  account: idSchema,
});

/**
 * Jobs that judge traces. A run that was cut off goes on behind its last page, with all that its calls came to; what it had asked
 * beyond that page is answered from the cache.
 */
export function judgeKind(tools: JudgeTools): JobKind<Params, JudgeReport> {
  return {
    id: 'judge',
    title: 'Judging',
    params: paramsSchema,
    result: judgeReportSchema,
    lane: 'io',
    atOnce: 1,
    run: (params, control) => run(params, control, tools),
  };
}

async function run(params: Params, control: JobControl, tools: JudgeTools): Promise<JudgeReport> {
  const started = performance.now();
  const rubric = tools.rubric(params.rubric);
  // A profile that is not there ends the run before anything is asked.
  for (const profile of params.profiles) tools.modelOf(profile);
  const resumed = checkpointSchema.safeParse(control.resumed).data;
  const report: JudgeReport = resumed?.report ?? emptyReport();
  const account = resumed?.account ?? uuidv7();
  let cursor = resumed?.cursor ?? null;
  Object.assign(report, tools.spent(account));
  control.checkpoint({ cursor, report, account });
  const before = report.seconds;
  const total = params.trace_ids?.length ?? tools.countTraces(params.query);
  const budget =
    params.budget_usd === null
      ? undefined
      : createBudget(params.budget_usd, (report.cost_usd ?? 0) + report.unheard_usd);
  const ended = new AbortController();
  const signal = AbortSignal.any([control.signal, ended.signal]);
  const asked = {
    rubric,
    profiles: params.profiles,
    samples: params.samples,
    allowOwn: params.allow_own,
    account,
    signal,
  };

  async function judge(traceId: string): Promise<void> {
    const trace = tools.trace(traceId);
    if (trace === null) return;
    const { sent, ...made } = await judgeTrace(tools, trace, budget === undefined ? asked : { ...asked, budget });
    note(report, await tools.save(made, sent));
    const done = report.judged + report.unscored;
    const cost = report.cost_usd === null ? '' : `, $${report.cost_usd.toFixed(4)}`;
    const message = `${done} of ${Math.max(total, done)} traces${cost}`;
    control.progress(total === 0 ? null : Math.min(1, done / total), message, { done, total, unit: 'traces' });
  }

  do {
    const page = pageOf(params, tools, cursor);
    report.traces += page.ids.length;
    try {
      await eachAtOnce(page.ids, atOnce, judge);
    } catch (error) {
      ended.abort(error);
      control.signal.throwIfAborted();
      if (!(error instanceof SluiceError) || error.code !== budgetUsed) throw error;
      report.stopped = 'budget';
      control.log(`Stopped: ${error.message}`, 'warn');
      break;
    } finally {
      tools.changed();
    }
    cursor = page.next;
    report.seconds = before + (performance.now() - started) / 1000;
    Object.assign(report, tools.spent(account));
    control.checkpoint({ cursor, report, account });
  } while (cursor !== null);
  // Also what was paid for a trace whose panel the budget did not reach for.
  return { ...report, ...tools.spent(account), seconds: before + (performance.now() - started) / 1000 };
}

function emptyReport(): JudgeReport {
  return {
    traces: 0,
    judged: 0,
    unscored: 0,
    cached: 0,
    cost_usd: 0,
    unheard_usd: 0,
    stopped: null,
    reasons: {},
    judgement_ids: [],
    seconds: 0,
  };
}

function pageOf({ query, trace_ids }: Params, tools: JudgeTools, cursor: string | null) {
  if (trace_ids === undefined) {
    const { items, next_cursor } = tools.traces({ query, limit: pageSize, cursor });
    return { ids: items.map(({ trace_id }) => trace_id), next: next_cursor };
  }
  const from = Number(cursor ?? 0);
  const to = from + pageSize;
  return { ids: trace_ids.slice(from, to), next: to < trace_ids.length ? String(to) : null };
}

function note(report: JudgeReport, { judgement_id, score, unscored_reason, cached, cost_usd }: Judgement): void {
  if (score === null) {
    report.unscored += 1;
    const reason = unscored_reason ?? 'unknown';
    report.reasons[reason] = (report.reasons[reason] ?? 0) + 1;
  } else report.judged += 1;
  if (cached) report.cached += 1;
  report.cost_usd = report.cost_usd === null || cost_usd === null ? null : rounded(report.cost_usd + cost_usd);
  if (report.judgement_ids.length < mostIds) report.judgement_ids.push(judgement_id);
}
