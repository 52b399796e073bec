import { SluiceError } from '../../../shared/errors.js';
import type { Forks, Reasoning, SubagentPlace, Trace } from '../../../shared/model/index.js';
import type { RowRedactor } from '../privacy/row-redactor.js';
import type { ExportSource } from '../source.js';
import { wireLogprobs } from '../wire-logprobs.js';
import type { Layout, RowOptions } from './layout.js';

/**
 * What holds for the rows of a layout in one export. `refused`: why a trace stays out of it; null where it goes in.
 * @throws SluiceError `validation_failed` where the layout has no place for what is asked of it
 */
export function rowOptions(
  layout: Layout,
  wanted: {
    reasoning?: Reasoning | undefined;
    subagents?: SubagentPlace | undefined;
    forks?: Forks | undefined;
  },
  source: Pick<ExportSource, 'callMessages' | 'children' | 'logprobs' | 'consent' | 'task'>,
  redactor: Pick<RowRedactor, 'text'>,
  refused: (trace: Pick<Trace, 'consent'>) => string | null,
): RowOptions {
  if (wanted.forks !== undefined && layout.choices?.forks === undefined)
    throw new SluiceError('validation_failed', `${layout.id} has no tasks that begin at a step (forks).`);
  return {
    reasoning: chosen(layout, 'reasoning', wanted.reasoning, layout.choices?.reasoning ?? ['strip']),
    subagents: chosen(layout, 'subagents', wanted.subagents, layout.choices?.subagents ?? ['own']),
    forks: wanted.forks ?? 'all',
    children: (traceId) => source.children(traceId),
    exists: (traceId) => {
      const consent = source.consent(traceId);
      return consent !== null && refused(consent) === null;
    },
    refused,
    logprobs: wireLogprobs(source, redactor),
    task: (traceId) => source.task(traceId),
  };
}

function chosen<Choice extends string>(
  layout: Layout,
  name: string,
  wanted: Choice | undefined,
  can: readonly [Choice, ...Choice[]],
): Choice {
  if (wanted === undefined) return can[0];
  if (can.includes(wanted)) return wanted;
  throw new SluiceError('validation_failed', `${layout.id} cannot have ${name} "${wanted}", only ${can.join(' or ')}.`);
}
