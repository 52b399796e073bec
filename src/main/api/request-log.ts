import type { Principal } from '../../shared/contract/operation.js';
import type { ErrorCode } from '../../shared/errors.js';
import { idSchema } from '../../shared/model/index.js';
import { firstAndCount } from '../ground/floods.js';
import type { ApiLogger } from './logger.js';

/** What a request was refused for before anything was done for it. */
export type RefusalReason = 'token' | 'scope' | 'rate' | 'host' | 'origin' | 'path' | 'command';

const reasonOf: Partial<Record<ErrorCode, RefusalReason>> = {
  unauthorized: 'token',
  forbidden: 'scope',
  rate_limited: 'rate',
  host_rejected: 'host',
  origin_rejected: 'origin',
  method_not_allowed: 'command',
};

/** Null where the request was taken, and failed for what it asks. */
export function refusalReason(code: ErrorCode): RefusalReason | null {
  return reasonOf[code] ?? null;
}

/** A request as it may be logged: patterns and ids, nothing that its sender chose. */
export interface LoggedRequest {
  via: 'rest' | 'rpc';
  /** The route's pattern or the procedure's name; null where it asks for none that there is. */
  route: string | null;
  principal: Principal | null;
}

export interface RequestLog {
  /** One line at level info. */
  answered(
    request: LoggedRequest,
    answer: { method: string; status: number; ms: number; trace_id: string | null },
  ): void;
  /** At level warn: the first of its kind at once, those behind it as a count every ten seconds. */
  refused(request: LoggedRequest, reason: RefusalReason): void;
  close(): void;
}

/** What is asked of the API and what it refuses, for whoever operates it; content, values and tokens never. */
export function createRequestLog(logger: ApiLogger): RequestLog {
  const refusals = firstAndCount<{ via: string; route: string | null; token_id: string | null; reason: RefusalReason }>(
    (refusal) => JSON.stringify(refusal),
    (refusal, count) => logger.warn({ ...refusal, count }, 'request_refused'),
  );
  return {
    answered({ via, route, principal }, { method, status, ms, trace_id }) {
      const fields = { via, route, method, status, ms: Math.round(ms * 10) / 10, token_id: tokenId(principal) };
      logger.info({ ...fields, ...(trace_id === null ? {} : { trace_id }) }, 'request');
    },
    refused({ via, route, principal }, reason) {
      refusals.note({ via, route, token_id: tokenId(principal), reason });
    },
    close: () => refusals.close(),
  };
}

/** The studio's own token has no id. */
function tokenId(principal: Principal | null): string | null {
  return principal === null ? null : (principal.token_id ?? 'studio');
}

/** An id that names a trace; null for any other text. */
export function traceIdOf(value: unknown): string | null {
  const id = idSchema.safeParse(typeof value === 'string' ? value.toLowerCase() : value);
  return id.success ? id.data : null;
}
