import { initTRPC, TRPCError } from '@trpc/server';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import type { TokenScope } from '../../../shared/model/index.js';
import { checkScope } from '../auth.js';
import type { WriteLimit } from '../rate-limit.js';
import type { Principal, Services } from '../services.js';

export interface RpcContext {
  services: Services;
  /** Whose connection it is by now: a token may have been revoked since it was opened. */
  principal(): Principal | null;
  /** Counts what a token writes, here and over REST. */
  writes: WriteLimit;
}

export const t = initTRPC
  .context<RpcContext>()
  .meta<{ scope: TokenScope }>()
  .create({
    errorFormatter({ shape, error }) {
      const known = knownError(error);
      // What nobody expected may name paths of this machine or quote what was captured: it stays in the log. A stack
      // would do the same.
      const message = error.code === 'INTERNAL_SERVER_ERROR' ? known.message : shape.message;
      return {
        ...shape,
        message,
        data: { code: shape.data.code, httpStatus: shape.data.httpStatus, sluice: known.toJSON() },
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
  return new SluiceError('internal', 'Something unexpected happened.');
}

/** Nothing is done for a connection whose token does not open it; a procedure that names no scope is the studio's. */
export const guarded = t.procedure.use(({ ctx, meta, type, next }) => {
  const principal = ctx.principal();
  if (principal === null) {
    const cause = new SluiceError('unauthorized', 'The token is missing or wrong.');
    throw new TRPCError({ code: 'UNAUTHORIZED', message: cause.message, cause });
  }
  try {
    checkScope(principal, meta?.scope ?? 'admin');
  } catch (cause) {
    throw new TRPCError({ code: 'FORBIDDEN', message: (cause as Error).message, cause });
  }
  try {
    if (type === 'mutation') ctx.writes.check(principal);
  } catch (cause) {
    throw new TRPCError({ code: 'TOO_MANY_REQUESTS', message: (cause as Error).message, cause });
  }
  return next();
});

/** Expected failures keep their code, message and next step on the way to the studio. */
export const procedure = guarded.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof SluiceError) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: result.error.cause.message, cause: result.error.cause });
  }
  return result;
});
