import type { Trace } from '../../../shared/model/index.js';

/** The last score of a name; null where the trace has none. */
export function scoreOf(trace: Pick<Trace, 'scores'>, name: string): number | null {
  return trace.scores.findLast((score) => score.name === name)?.value ?? null;
}
