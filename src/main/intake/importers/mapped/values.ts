import type { durationUnits, Json, Mapping } from '../../../../shared/model/index.js';

const unitMs = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  sec: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a number, `1.2s`, `450 ms`, `2m30s` or `00:00:30.5`; undefined where it is none. */
export function durationOf(value: Json | undefined, unit: (typeof durationUnits)[number]): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value * unitMs[unit] : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim().toLowerCase();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * unitMs[unit];
  const clock = /^(\d+):([0-5]?\d):([0-5]?\d(?:\.\d+)?)$/.exec(text);
  if (clock) return (Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3])) * 1000;
  if (!/^(\d+(\.\d+)?\s*[a-zµ]+\s*)+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, name] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-zµ]+)/g)) {
    const ms = unitMs[name as keyof typeof unitMs];
    if (ms === undefined) return undefined;
    sum += Number(amount) * ms;
  }
  return sum;
}

type Status = 'ok' | 'error' | 'pending';

const usual: { [S in Status]: readonly string[] } = {
  ok: ['ok', 'success', 'successful', 'succeeded', 'done', 'complete', 'completed', 'finished', 'passed', 'true'],
  error: [
    'error',
    'errored',
    'fail',
    'failed',
    'failure',
    'exception',
    'timeout',
    'timed_out',
    'cancelled',
    'denied',
    'false',
  ],
  pending: ['pending', 'running', 'started', 'queued', 'in_progress', 'in-progress', 'waiting'],
};

/** What a status says; null where it is none that is known. Numbers: an exit code below 100, else an HTTP status. */
export function statusOf(value: Json, name: unknown, more: Mapping['status_values']): Status | null {
  const text = String(value).trim().toLowerCase();
  for (const status of ['ok', 'error', 'pending'] as const) {
    if (more?.[status]?.some((word) => String(word).toLowerCase() === text)) return status;
  }
  if (typeof value === 'number' && /^(is_?)?(ok|success|successful|succeeded|passed)$/i.test(String(name)))
    return value === 0 ? 'error' : 'ok';
  if (typeof value === 'number') return value === 0 || (value >= 100 && value < 400) ? 'ok' : 'error';
  for (const status of ['ok', 'error', 'pending'] as const) if (usual[status].includes(text)) return status;
  return null;
}

/** A member of this name says by what it holds that something failed, and by nothing that nothing did. */
export function namesFailure(name: unknown): boolean {
  return typeof name === 'string' && /^(is_?)?(error|failed|failure|exception)s?$/i.test(name);
}
