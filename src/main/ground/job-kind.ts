import type * as z from 'zod';
import type { Listed } from './list.js';

type JsonValue = z.core.util.JSONType;

/** How much is done of what, where a job counts something; `total` null while that is unknown. */
interface Work {
  done: number;
  total: number | null;
  unit: string;
}

/** What a running job tells, and how it is told to stop. */
export interface JobControl {
  /** Null where no queue runs it. */
  job_id: string | null;
  /** Aborted when the job is cancelled or the engine stops. */
  signal: AbortSignal;
  /** 0..1, or null while the size is unknown. May be called as often as wanted. */
  progress(share: number | null, message: string, work?: Work): void;
  /**
   * A line of the job's log. It may quote what was captured: it passes the gate on its way. `runId`: the run of tests that it tells
   * of, where it is to go with that.
   */
  log(line: string, level?: 'info' | 'warn', runId?: string): void;
  /**
   * From here the job can be gone on with when what runs it crashes; without one it fails. Holds no captured text. Resolves once it
   * is saved, where a queue runs the job beside the API: a crash before that goes on from the one before.
   */
  checkpoint(state: JsonValue): Promise<void>;
  /** The last checkpoint of the run that broke off; null for a job that begins. */
  resumed: JsonValue;
}

/** For what nobody follows. */
export const silent: JobControl = {
  job_id: null,
  signal: new AbortController().signal,
  progress() {},
  log() {},
  async checkpoint() {},
  resumed: null,
};

/** A kind of job: what it takes and gives, where it runs, and its work. */
export interface JobKind<Params = unknown, Result = unknown, Tools = unknown> extends Listed {
  params: z.ZodType<Params>;
  result: z.ZodType<Result>;
  /** `cpu`: on a thread of its own, since it would hold up every request; `io`: beside the API, since it mostly waits. */
  lane: 'cpu' | 'io';
  /** How many jobs of this kind run at once; the others wait in the order of their starting. */
  atOnce: number;
  /**
   * Whether one that was cut off before its first checkpoint begins anew: all that is needed is in its parameters or in the store, and what it
   * did is no hindrance. Without it such a job is `interrupted`.
   */
  again?(params: Params): boolean;
  /** `tools`: what the thread it runs on gives to it. Throws what becomes the error of the record. */
  run(params: Params, control: JobControl, tools: Tools): Promise<Result>;
}

/** What of a job beside the API, or of a request, computes: it runs on the work thread for it. */
export type JobStep<Params = unknown, Result = unknown, Tools = unknown> = Pick<
  JobKind<Params, Result, Tools>,
  'id' | 'params' | 'result' | 'run'
>;

/** What is awaited, or the signal's reason as soon as it is aborted: who cancels does not wait for what nobody can stop. */
export async function untilAborted<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([awaited, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
