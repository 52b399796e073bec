import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import { type ErrorCode, errorCatalogue, SluiceError } from '../../../shared/errors.js';
import { type Finalize, idSchema, type Job, qaStatuses, qaVerdicts, traceSchema } from '../../../shared/model/index.js';

/** What is done with traces that are whole. */
export interface Finals {
  /** Says at once what its job would find out later. @throws SluiceError `model_profile_missing`; `validation_failed` */
  check(asked: Pick<Finalize, 'qa' | 'judge'>): void;
  /** Starts the job that checks a trace, runs its tests and has its reasoning judged. */
  start(traceId: string, asked: Pick<Finalize, 'qa' | 'judge'>): Promise<Job>;
  /** The job once it is over, or put off to the next start. */
  settled(jobId: string): Promise<Job | null>;
}

export const finalizeAnswers = {
  200: z
    .union([
      traceSchema.extend({ job_id: idSchema }),
      z.object({
        job_id: idSchema,
        trace_id: idSchema,
        qa_status: z.enum(qaStatuses),
        completion_status: z.string(),
        qa_results: z.object({
          tests_passed: z.boolean().nullable(),
          verdict: z.enum(qaVerdicts).nullable(),
          reasoning_score: z.number().nullable(),
        }),
      }),
    ])
    .describe('The whole trace, with the job; what it came to alone for a token that may not read'),
  202: z.object({ job_id: idSchema, trace_id: idSchema, qa_status: z.literal('pending') }),
};

/** RFC 7240: the client asks for an answer before the work is done. */
export function prefersAsync(prefer: string | string[] | undefined): boolean {
  return /(?:^|,)\s*respond-async\s*(?:[;,]|$)/i.test(Array.isArray(prefer) ? prefer.join(',') : (prefer ?? ''));
}

/** A job that is over and did not succeed, as an answer. */
export function failureOf({ job_id, state, error }: Job): SluiceError {
  const code = error !== null && error.code in errorCatalogue ? (error.code as ErrorCode) : 'job_failed';
  return new SluiceError(code, error?.message ?? `The job is ${state}.`, { job_id });
}

/** What its job found, for who may not read what is stored. */
export function foundBy({ job_id, result }: Job): z.infer<(typeof finalizeAnswers)[200]> {
  const { trace_id, completion_status, tests, judge } = result as unknown as {
    trace_id: string;
    completion_status: string;
    tests: {
      qa_status: (typeof qaStatuses)[number];
      tests_passed: boolean | null;
      verdict: (typeof qaVerdicts)[number];
    };
    judge: { reasoning_score: number | null } | null;
  };
  const { qa_status, tests_passed, verdict } = tests;
  const qa_results = { tests_passed, verdict, reasoning_score: judge?.reasoning_score ?? null };
  return { job_id, trace_id, qa_status, completion_status, qa_results };
}

/** A whole trace as JSON with its job in it: nothing here looks into what may be large. */
export function withJob(trace: Uint8Array, jobId: string): Buffer {
  const text = Buffer.from(trace.buffer, trace.byteOffset, trace.byteLength);
  return Buffer.concat([Buffer.from(`{"job_id":${JSON.stringify(jobId)},`), text.subarray(text.indexOf('{') + 1)]);
}

/**
 * Waits for jobs of those who are to be answered. Null: nobody is there any more to be answered, or the API ends, and the work goes
 * on. Nothing of a wait is left behind it.
 */
export function untilOver(finals: Pick<Finals, 'settled'>) {
  let ending = false;
  const waiting = new Set<() => void>();
  return {
    async of(jobId: string, { raw }: Pick<FastifyReply, 'raw'>): Promise<Job | null> {
      if (ending) return null;
      const early = Promise.withResolvers<null>();
      const answer = () => early.resolve(null);
      waiting.add(answer);
      raw.once('close', answer);
      try {
        return await Promise.race([finals.settled(jobId), early.promise]);
      } finally {
        waiting.delete(answer);
        raw.off('close', answer);
      }
    },
    end(): void {
      ending = true;
      for (const answer of waiting) answer();
    },
    /** How many wait. */
    waiting: () => waiting.size,
  };
}
