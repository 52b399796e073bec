import { setImmediate as breathe } from 'node:timers/promises';
import type { Step } from '../../../shared/model/index.js';
import type { Edit } from './repository/edits.js';

/** Steps that are read in one go. */
const stepsAtOnce = 100;

/** The edits that a trace tells, read a few steps at a time: nothing else of it is kept. @throws the signal's reason */
export async function editsOf(
  reader: { traceSteps(traceId: string, afterSeq: number, limit: number): Step[] },
  traceId: string,
  signal: AbortSignal,
): Promise<Edit[]> {
  const edits: Edit[] = [];
  for (let after = -1; ; ) {
    signal.throwIfAborted();
    const steps = reader.traceSteps(traceId, after, stepsAtOnce);
    for (const step of steps) if (step.type === 'code_edit') edits.push({ path: step.file, diff: step.diff });
    const last = steps.at(-1);
    if (last === undefined || steps.length < stepsAtOnce) return edits;
    after = last.seq;
    await breathe();
  }
}
