import OpenAI from 'openai';
import { SluiceError } from '../../shared/errors.js';
import type { Capabilities } from '../../shared/model/index.js';

/** What is to be done about an attempt that failed. */
export type Failure =
  /** `waitMs`: as the server asked for; null: as we see fit. `maybeCharged`: the server may have worked for it. */
  | { kind: 'again'; error: SluiceError; limited: boolean; waitMs: number | null; maybeCharged: boolean }
  | { kind: 'final'; error: SluiceError; maybeCharged: boolean };

/** A server that asks for a longer wait than this is not waited for. */
export const longestWaitMs = 120_000;

/** @param now milliseconds; @param clean takes out of a server's words what must not be stored */
export function failureOf(error: unknown, timedOut: boolean, now: number, clean: (text: string) => string): Failure {
  const own = ownError(error);
  if (own !== null) return { kind: 'final', error: own, maybeCharged: own.code === 'model_answer_invalid' };
  if (timedOut) {
    const message = 'The model did not answer in the time that it was given.';
    return again(new SluiceError('model_timeout', message), { maybeCharged: true });
  }
  if (error instanceof OpenAI.APIError && typeof error.status === 'number') return ofStatus(error, now, clean);
  const code = causeCode(error);
  // Nothing was sent over a connection that never was.
  const maybeCharged = !/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/.test(
    code,
  );
  return again(new SluiceError('model_unavailable', `The server cannot be reached, or broke off (${code}).`), {
    maybeCharged,
  });
}

function again(error: SluiceError, more: Partial<Failure & { limited: boolean; waitMs: number | null }>): Failure {
  return { kind: 'again', error, limited: false, waitMs: null, maybeCharged: false, ...more } as Failure;
}

function ofStatus(error: InstanceType<typeof OpenAI.APIError>, now: number, clean: (text: string) => string): Failure {
  const { status } = error;
  const said = clean(String(error.message).slice(0, 2000)).slice(0, 300);
  const waitMs = retryAfterMs(error.headers ?? null, now);
  const final = (code: 'model_unauthorized' | 'model_refused_request' | 'model_rate_limited'): Failure => ({
    kind: 'final',
    error: new SluiceError(code, `The server says: ${said}`, { status, ...waitDetails(waitMs) }),
    maybeCharged: false,
  });
  if (status === 401 || status === 403) return final('model_unauthorized');
  if (status === 429) {
    // No waiting mends an account without money.
    if (/insufficient_quota|billing/.test(`${error.code} ${error.type}`)) return final('model_rate_limited');
    if (waitMs !== null && waitMs > longestWaitMs) return final('model_rate_limited');
    return again(new SluiceError('model_rate_limited', `The server says: ${said}`, { status }), {
      limited: true,
      waitMs,
    });
  }
  if (status === 408 || status === 409 || (status as number) >= 500) {
    if (waitMs !== null && waitMs > longestWaitMs) return final('model_rate_limited');
    return again(new SluiceError('model_unavailable', `The server says: ${said}`, { status }), { waitMs });
  }
  return final('model_refused_request');
}

function waitDetails(waitMs: number | null): { retry_after_s?: number } {
  return waitMs === null ? {} : { retry_after_s: Math.ceil(waitMs / 1000) };
}

/** Retry-After in milliseconds: seconds or a date (RFC 9110 §10.2.3); null where there is none that can be read. */
export function retryAfterMs(headers: Headers | null, now: number): number | null {
  const exact = headers?.get('retry-after-ms');
  if (exact != null && /^\d{1,9}$/.test(exact)) return Number(exact);
  const text = headers?.get('retry-after')?.trim();
  if (text === undefined) return null;
  if (/^\d{1,9}(\.\d{1,6})?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const at = /^[A-Za-z]{3},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/**
 * What an address takes, now that it refused a field by name (400 or 422); null where no other request would help. A probe says the
 * same before anything is asked.
 */
export function adjusted(error: unknown, capabilities: Capabilities): Capabilities | null {
  if (!(error instanceof OpenAI.APIError) || (error.status !== 400 && error.status !== 422)) return null;
  const said = `${error.param ?? ''} ${error.message}`.toLowerCase();
  const { structure, limit_field } = capabilities;
  if (limit_field === 'max_tokens' && /max_tokens|max_completion_tokens/.test(said))
    return { ...capabilities, limit_field: 'max_completion_tokens' };
  if (limit_field === 'max_completion_tokens' && said.includes('max_completion_tokens'))
    return { ...capabilities, limit_field: 'max_tokens' };
  if (capabilities.temperature && said.includes('temperature')) return { ...capabilities, temperature: false };
  if (structure !== 'plain' && /response_format|json_schema|json_object|schema|grammar/.test(said))
    return { ...capabilities, structure: structure === 'schema' ? 'json' : 'plain' };
  return null;
}

/** What this room itself threw, under what the client made of it. */
function ownError(error: unknown): SluiceError | null {
  for (let each = error, depth = 0; each instanceof Error && depth < 6; each = each.cause, depth++)
    if (each instanceof SluiceError) return each;
  return null;
}

function causeCode(error: unknown): string {
  let found = 'no reason given';
  for (let each = error, depth = 0; each instanceof Error && depth < 6; each = each.cause, depth++) {
    const { code } = each as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^[A-Z_0-9]{3,40}$/.test(code)) found = code;
  }
  return found;
}
