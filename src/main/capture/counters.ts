import { type SharedCounters, sharedCounters } from '../ground/shared-counters.js';

/** What the capture thread counts; the main thread reads it. */
const names = [
  'seen',
  'journaled',
  'aborted',
  'failed',
  'truncated',
  'in_flight',
  'tunnelled',
  'tunnels_open',
  'bytes_in',
  'bytes_out',
  'journal_bytes',
  'journal_errors',
  /** 1 while the last write to the journal failed. */
  'journal_failing',
  'client_protocol_errors',
] as const;
export type CaptureCounter = (typeof names)[number];
export type CaptureCounters = SharedCounters<CaptureCounter>;

export const { bytes: captureCountersBytes, over: captureCounters } = sharedCounters(names);
