import * as z from 'zod';
import { uuidv7 } from '../../../../shared/ids.js';
import {
  type Expansion,
  type ExpansionReport,
  expansionOptionsSchema,
  expansionReportSchema,
  idSchema,
  type Trace,
} from '../../../../shared/model/index.js';
import { type AskedTraces, askAboutTraces } from '../../../ground/asking.js';
import { eachAtOnce } from '../../../ground/each-at-once.js';
import type { JobControl, JobKind } from '../../../ground/job-kind.js';
import { pauses } from '../../../ground/pauses.js';
import { pointsOf } from '../../examples/points.js';
import type { ExportSource } from '../../source.js';
import { type Expanding, expandCall, type Made, prepared } from './expand-call.js';

const paramsSchema = expansionOptionsSchema.extend({ query: z.string(), trace_ids: z.array(idSchema).optional() });
type Params = z.infer<typeof paramsSchema>;

/** What the job reads and keeps. */
export interface ExpandTools extends Expanding, AskedTraces, Pick<ExportSource, 'callMessages'> {
  /** @throws SluiceError `model_profile_missing` */
  modelOf(profile: string): string;
  trace(traceId: string): Trace | null;
  /** Null: the call is gone. */
  save(made: Made, cached: boolean): Promise<Expansion | null>;
}

/** Traces, and of each calls, that are asked about at once. */
const [tracesAtOnce, callsAtOnce] = [4, 4];
/** Reasons that are told apart. */
const mostReasons = 50;

/** Jobs that have a model write the reasoning of calls. */
export function expandKind(tools: ExpandTools): JobKind<Params, ExpansionReport> {
  return {
    id: 'expansion',
    title: 'Writing reasoning',
    params: paramsSchema,
    result: expansionReportSchema,
    lane: 'io',
    atOnce: 1,
    run: (params, control) => run(params, control, tools),
  };
}

async function run(params: Params, control: JobControl, tools: ExpandTools): Promise<ExpansionReport> {
  // A profile that is not there ends the run before anything is asked.
  tools.modelOf(params.profile);
  return askAboutTraces(params, control, tools, {
    report: expansionReportSchema,
    empty: emptyReport(),
    newAccount: uuidv7,
    atOnce: tracesAtOnce,
    async ask(traceId, report, shared) {
      const pause = pauses(shared.signal);
      let read = pointsAt(await tools.held(shared.signal, async (erasures) => erasures));
      function pointsAt(erasures: number) {
        const trace = tools.trace(traceId);
        return { erasures, points: trace === null ? [] : [...pointsOf(trace, tools)] };
      }
      await eachAtOnce([...read.points.keys()], callsAtOnce, async (at) => {
        // What tells its own reasoning, and what is answered from the cache, waits for nothing.
        await pause();
        await tools.held(shared.signal, async (erasures) => {
          // Calls stay in their places when their texts are others.
          if (erasures !== read.erasures) read = pointsAt(erasures);
          const point = read.points[at];
          if (point === undefined) return leaveOut(report, 'the trace is gone');
          const prompt = prepared(point, params.calls, tools.key);
          if (prompt === null) report.own += 1;
          else if (typeof prompt === 'string') leaveOut(report, prompt);
          else {
            const done = await expandCall(tools, point, prompt, params.profile, shared);
            if ('reason' in done) leaveOut(report, done.reason);
            else if ((await tools.save(done.made, done.cached)) === null) leaveOut(report, 'the trace is gone');
            else note(report, done);
          }
        });
      });
    },
  });
}

function emptyReport(): ExpansionReport {
  return {
    traces: 0,
    written: 0,
    cached: 0,
    own: 0,
    left_out: 0,
    reasons: {},
    cost_usd: 0,
    unheard_usd: 0,
    stopped: null,
    seconds: 0,
  };
}

function note(report: ExpansionReport, { made, cached }: { made: Made; cached: boolean }): void {
  report.written += 1;
  if (cached) report.cached += 1;
  report.cost_usd = report.cost_usd === null || made.cost_usd === null ? null : report.cost_usd + made.cost_usd;
}

function leaveOut(report: ExpansionReport, reason: string): void {
  report.left_out += 1;
  const known = report.reasons[reason] !== undefined || Object.keys(report.reasons).length < mostReasons;
  const name = known ? reason : 'other reasons';
  report.reasons[name] = (report.reasons[name] ?? 0) + 1;
}
