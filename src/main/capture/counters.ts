/** What the capture thread counts, in memory shared with the main thread so that reading costs nothing. */
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

export const captureCountersBytes = names.length * Float64Array.BYTES_PER_ELEMENT;

const indexes = Object.fromEntries(names.map((name, index) => [name, index])) as Record<CaptureCounter, number>;

export interface CaptureCounters {
  add(name: CaptureCounter, amount?: number): void;
  set(name: CaptureCounter, value: number): void;
  get(name: CaptureCounter): number;
}

/** A view over the shared memory. One thread writes; aligned 64-bit reads are whole. */
export function captureCounters(memory: SharedArrayBuffer): CaptureCounters {
  const values = new Float64Array(memory);
  return {
    add(name, amount = 1) {
      values[indexes[name]] = (values[indexes[name]] as number) + amount;
    },
    set(name, value) {
      values[indexes[name]] = value;
    },
    get: (name) => values[indexes[name]] as number,
  };
}
