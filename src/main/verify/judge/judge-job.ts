import * as z from 'zod';
import { uuidv7 } from '../../../shared/ids.js';
import {
  idSchema,
  type Judgement,
  type JudgementSent,
  type JudgeReport,
  judgeOptionsSchema,
  judgeReportSchema,
  type ListedRubric,
} from '../../../shared/model/index.js';
import { type AskedTraces, askAboutTraces } from '../../ground/asking.js';
import type { JobControl, JobKind } from '../../ground/job-kind.js';
import { type JudgedTrace, type Judging, judgeTrace, type Made } from './judge-trace.js';
import { rounded } from './rubrics/parse.js';

const paramsSchema = judgeOptionsSchema.extend({ query: z.string(), trace_ids: z.array(idSchema).optional() });
type Params = z.infer<typeof paramsSchema>;

/** What the job reads and keeps. */
export interface JudgeTools extends Judging, AskedTraces {
  rubric(id: string): ListedRubric;
  trace(traceId: string): JudgedTrace | null;
  save(made: Omit<Made, 'sent'>, sent: JudgementSent['sent']): Promise<Judgement>;
}

const atOnce = 8;
const mostIds = 1000;

/** Jobs that judge traces. */
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
  const rubric = tools.rubric(params.rubric);
  // A profile that is not there ends the run before anything is asked.
  for (const profile of params.profiles) tools.modelOf(profile);
  const { profiles, samples, allow_own: allowOwn } = params;
  return askAboutTraces(params, control, tools, {
    report: judgeReportSchema,
    empty: emptyReport(),
    newAccount: uuidv7,
    atOnce,
    ask: (traceId, report, shared) =>
      tools.held(shared.signal, async () => {
        const trace = tools.trace(traceId);
        if (trace === null) return;
        const { sent, ...made } = await judgeTrace(tools, trace, { rubric, profiles, samples, allowOwn, ...shared });
        note(report, await tools.save(made, sent));
      }),
  });
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
