import * as z from 'zod';
import {
  finalizeJudgeSchema,
  finalizeQaSchema,
  idSchema,
  type QaStatus,
  qaStatuses,
  qaVerdicts,
} from '../../shared/model/index.js';
import type { JobControl, JobKind } from '../ground/job-kind.js';
import type { ReasoningJudge } from './judge/index.js';
import { type BegunRun, begunSchema } from './qa/index.js';

const askedSchema = z.object({
  /** Null: as the settings say; false: none. */
  qa: z.union([z.boolean(), finalizeQaSchema]).nullable().default(null),
  judge: z.union([z.boolean(), finalizeJudgeSchema]).nullable().default(null),
});
export type FinalizeAsked = z.input<typeof askedSchema>;

const paramsSchema = askedSchema.extend({ trace_id: idSchema });

/** What a run of the tests came to; without a run, why there is none. */
const testedSchema = z.object({
  run_id: idSchema.nullable(),
  qa_status: z.enum(qaStatuses),
  verdict: z.enum(qaVerdicts).nullable(),
  tests_passed: z.boolean().nullable(),
  reason: z.string().nullable(),
});
export type Tested = z.infer<typeof testedSchema>;

const judgedSchema = z.object({
  reasoning_score: z.number().nullable(),
  reasoning_feedback: z.string().nullable(),
});

const checkedSchema = z.looseObject({ trace_id: idSchema, completion_status: z.string() });
const resultSchema = checkedSchema.extend({ tests: testedSchema, judge: judgedSchema.nullable() });
export type FinalizeResult = z.infer<typeof resultSchema>;

type Asked = z.output<typeof askedSchema>;
type Reasoning = Awaited<ReturnType<ReasoningJudge['reasoning']>>;

const stateSchema = z.object({ begun: begunSchema.nullable() });

export interface FinalizeTools {
  /** Waits until all that was sent is stored, and checks the trace. @throws SluiceError `not_found` */
  check(traceId: string, control: JobControl): Promise<z.infer<typeof checkedSchema>>;
  tests: {
    /** A run that waits for its turn; why there is none where nothing is to be run. */
    begin(traceId: string, asked: Asked['qa'], jobId: string | null): Promise<BegunRun | { why_not: string }>;
    carryOut(begun: BegunRun, asked: Asked['qa'], control: JobControl): Promise<Tested>;
    /** How it stands in the trace. */
    status(traceId: string): QaStatus;
  };
  /** What a judge says of the reasoning; null where none is asked. */
  reasoning(traceId: string, asked: Asked['judge'], signal: AbortSignal): Promise<Reasoning | null>;
}

/** So many at once: tests take turns of their own, and a trace without any is not to wait for one that has them. */
const atOnce = 64;

/** The job behind POST /traces/:id/finalize: the check of the trace, its tests, its judge. */
export function finalizeKind(tools: FinalizeTools): JobKind<z.infer<typeof paramsSchema>, FinalizeResult> {
  return {
    id: 'finalize',
    title: 'Finalizing',
    params: paramsSchema,
    result: resultSchema,
    lane: 'io',
    atOnce,
    async run({ trace_id, qa, judge }, control) {
      const { begun: before = null } = stateSchema.safeParse(control.resumed).data ?? {};
      // Up to the tests it changes nothing: begun again it does the same.
      control.checkpoint({ begun: before });
      const checked = await tools.check(trace_id, control);
      const begun = before ?? (await tools.tests.begin(trace_id, qa, control.job_id));
      let tests: Tested;
      if ('why_not' in begun) {
        control.log(`No tests: ${begun.why_not}`);
        const qa_status = tools.tests.status(trace_id);
        tests = { run_id: null, qa_status, verdict: null, tests_passed: null, reason: begun.why_not };
      } else {
        control.checkpoint({ begun });
        tests = await tools.tests.carryOut(begun, qa, control);
      }
      control.signal.throwIfAborted();
      if (judge !== false) control.progress(null, 'Asks the judge');
      const judged = await tools.reasoning(trace_id, judge, control.signal);
      if (judged?.reasoning_score === null) control.log(`No judge’s score: ${judged.reasoning_feedback}`);
      // Feedback quotes the trace: it stands there, and goes with it.
      const { reasoning_score = null, reasoning_feedback = null } = judged ?? {};
      const why = reasoning_score === null ? reasoning_feedback : null;
      return { ...checked, tests, judge: judged && { reasoning_score, reasoning_feedback: why } };
    },
  };
}
