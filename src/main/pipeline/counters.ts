import { type SharedCounters, sharedCounters } from '../ground/shared-counters.js';

/** What the pipeline thread counts; it survives a crash of the thread. */
const names = [
  'backlog',
  'processed',
  'stored',
  'undecoded',
  'quarantined',
  'bodies_lost',
  'damaged',
  /** 1 while the last batch could not be committed. */
  'store_failing',
  'unknown_events',
  'format_errors',
  'rule_errors',
  'at_segment',
  'at_offset',
] as const;
export type PipelineCounter = (typeof names)[number];
export type PipelineCounters = SharedCounters<PipelineCounter>;

export const { bytes: pipelineCountersBytes, over: pipelineCounters } = sharedCounters(names);
