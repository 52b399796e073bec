import { fromIso, type Json, type Step, type Trace, timestampSchema } from '../../../shared/model/index.js';
import { isObject, type JsonObject } from '../../ground/json.js';

/** An execution that others recorded, in their words. */
export interface RecordedExecution {
  /** Every field of it but the steps. */
  head: JsonObject;
  steps: JsonObject[];
}

/** What the source of a trace told of its execution; null where the trace is no recorded execution. */
export function recordedExecution({ metadata, steps }: Trace): RecordedExecution | null {
  const head = metadata?.execution;
  if (!isObject(head)) return null;
  const recordedSteps = steps.flatMap((step) => recordedStep(step) ?? []);
  return { head, steps: recordedSteps.sort((a, b) => a.place - b.place).map(({ step }) => step) };
}

function recordedStep(step: Step): { step: JsonObject; place: number } | null {
  if (step.type !== 'state_change' || !isObject(step.data)) return null;
  const { execution_step, place } = step.data;
  return isObject(execution_step) ? { step: execution_step, place: typeof place === 'number' ? place : 0 } : null;
}

/** A time as it was told, where it can stand in a column of times. */
export function recordedTime(value: Json | undefined): string | undefined {
  return typeof value === 'string' && timestampSchema.safeParse(value).success && Number.isFinite(fromIso(value))
    ? value
    : undefined;
}
