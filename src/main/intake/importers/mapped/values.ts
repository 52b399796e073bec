import { type durationUnits, type Json, type Mapping, secondsOf } from '../../../../shared/model/index.js';
import { numberOf } from '../fields.js';

const unitMs = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000 };

/** Milliseconds of a number in the unit, or of a text that says its own; undefined where it is none. */
export function durationOf(value: Json | undefined, unit: (typeof durationUnits)[number]): number | undefined {
  const number = numberOf(value);
  if (number !== undefined) return number >= 0 ? number * unitMs[unit] : undefined;
  const seconds = typeof value === 'string' ? secondsOf(value) : undefined;
  return seconds === undefined ? undefined : seconds * 1000;
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
