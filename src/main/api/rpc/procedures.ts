import { initTRPC, TRPCError } from '@trpc/server';
import * as z from 'zod';
import type { Principal } from '../../../shared/contract/operation.js';
import { SluiceError } from '../../../shared/errors.js';
import type { Tick, TokenScope } from '../../../shared/model/index.js';
import { storageError } from '../../../shared/storage-error.js';
import { checkScope } from '../auth.js';
import type { Operations } from '../operations.js';
import type { WriteLimit } from '../rate-limit.js';
import { type RequestLog, refusalReason, traceIdOf } from '../request-log.js';
import { RefusedInput } from './encoder.js';

/** Small ticks about what changed. */
export interface Ticks {
  /** Call what it returns to hear no more. */
  listen(listener: (tick: Tick) => void): () => void;
}

export interface RpcContext {
  operations: Operations;
  ticks: Ticks;
  /** Whose connection it is by now: a token may have been revoked since it was opened. */
  principal(): Principal | null;
  requests: RequestLog;
  /** Counts what a token writes, here and over REST. */
  writes: WriteLimit;
}

export const t = initTRPC
  .context<RpcContext>()
  .meta<{ scope: TokenScope }>()
  .create({
    errorFormatter({ shape, error }) {
      const sluiceError = knownError(error);
      // What nobody expected may name paths of this machine or quote what was captured: it stays in the log. A stack
      // would do the same.
      const message = error.code === 'INTERNAL_SERVER_ERROR' ? sluiceError.message : shape.message;
      return {
        ...shape,
        message,
        data: { code: shape.data.code, httpStatus: shape.data.httpStatus, sluice: sluiceError.toJSON() },
      };
    },
  });

/** A failure in the words of the error catalogue. */
function knownError(error: TRPCError): SluiceError {
  const { cause } = error;
  if (cause instanceof SluiceError) return cause;
  if (cause instanceof z.ZodError) {
    const details = cause.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    const first = details[0];
    return new SluiceError('validation_failed', `${first?.path || 'input'}: ${first?.message ?? 'invalid'}`, details);
  }
  if (error.code === 'NOT_FOUND') return new SluiceError('not_found', error.message);
  if (error.code === 'PARSE_ERROR' || error.code === 'BAD_REQUEST') {
    return new SluiceError('request_invalid', 'The message is malformed.');
  }
  return storageError(cause) ?? new SluiceError('internal', 'Something unexpected happened.');
}

/** Nothing is done for a connection whose token does not open it; a procedure that names no scope is the studio's. */
export const guarded = t.procedure.use(async ({ ctx, meta, path, type, getRawInput, next }) => {
  const begun = performance.now();
  const principal = ctx.principal();
  const logged = { via: 'rpc', route: path, principal } as const;
  if (principal === null) {
    ctx.requests.refused(logged, 'token');
    const cause = new SluiceError('unauthorized', 'The token is missing or wrong.');
    throw new TRPCError({ code: 'UNAUTHORIZED', message: cause.message, cause });
  }
  try {
    checkScope(principal, meta?.scope ?? 'admin');
  } catch (cause) {
    ctx.requests.refused(logged, 'scope');
    throw new TRPCError({ code: 'FORBIDDEN', message: (cause as Error).message, cause });
  }
  try {
    if (type === 'mutation') ctx.writes.check(principal);
  } catch (cause) {
    ctx.requests.refused(logged, 'rate');
    throw new TRPCError({ code: 'TOO_MANY_REQUESTS', message: (cause as Error).message, cause });
  }
  const result = await next();
  const status = result.ok ? 200 : knownError(result.error).status;
  const ms = performance.now() - begun;
  const reason = result.ok ? null : refusalReason(knownError(result.error).code);
  if (reason !== null) ctx.requests.refused(logged, reason);
  else ctx.requests.answered(logged, { method: type, status, ms, trace_id: traceIdOf(await namedTrace(getRawInput)) });
  return result;
});

async function namedTrace(rawInput: () => Promise<unknown>): Promise<unknown> {
  const input = await rawInput();
  return typeof input === 'object' && input !== null && 'trace_id' in input ? input.trace_id : undefined;
}

/** Expected failures keep their code, message and next step on the way to the studio. */
export const procedure = guarded.use(async ({ getRawInput, next }) => {
  const input = await getRawInput();
  if (input instanceof RefusedInput) {
    throw new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message: input.error.message, cause: input.error });
  }
  const result = await next();
  if (!result.ok && result.error.cause instanceof SluiceError) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: result.error.cause.message, cause: result.error.cause });
  }
  return result;
});
