import type { IncomingMessage } from 'node:http';
import type { FastifyError, FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { jsonSchema } from '../../shared/model/index.js';
import { storageError } from '../../shared/storage-error.js';
import { type ApiLogger, describeError } from './logger.js';
import { refusalReason } from './request-log.js';

export const errorAnswerSchema = z.object({
  error: z.object({
    code: z.string().describe('Stable'),
    message: z.string(),
    next: z.string().describe('What to do'),
    details: jsonSchema.optional(),
  }),
});

/** The body of every failure. */
export function errorAnswer(error: SluiceError): { error: ReturnType<SluiceError['toJSON']> } {
  return { error: error.toJSON() };
}

/** Largest part of a refused body that is read and thrown away, so that its sender lives to read the answer. */
const drainBytes = 64 * 1024 * 1024;
const drainMillis = 10_000;
/** Fields that one answer names: of ten thousand events each may be wrong. */
const maxProblems = 100;

/** Gives every failure of `app` the one shape; unexpected ones are logged once, without content. */
export function installErrorAnswers(app: FastifyInstance, logger: ApiLogger): void {
  const patterns: { method: string; pattern: RegExp }[] = [];
  app.addHook('onRoute', (route) => {
    const pattern = new RegExp(`^${route.url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);
    for (const method of [route.method].flat()) patterns.push({ method, pattern });
  });

  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?', 1)[0] as string;
    const allowed = patterns.filter((route) => route.pattern.test(path)).map((route) => route.method);
    request.refusal = allowed.length > 0 ? 'command' : 'path';
    if (allowed.length > 0) {
      const methods = [...new Set(allowed)].sort();
      reply.header('allow', methods.join(', '));
      const message = `${request.method} is not possible here.`;
      return reply.code(405).send(errorAnswer(new SluiceError('method_not_allowed', message, { allowed: methods })));
    }
    return reply.code(404).send(errorAnswer(new SluiceError('not_found', 'There is nothing at this address.')));
  });

  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const { sluiceError, status } = classify(error);
    request.refusal ??= refusalReason(sluiceError.code);
    if (sluiceError.code === 'internal' || sluiceError.code === 'storage_failing') {
      logger.error(
        { route: request.routeOptions.url, method: request.method, err: describeError(error) },
        'API failed',
      );
    }
    const wait = (sluiceError.details as { retry_after_s?: unknown } | undefined)?.retry_after_s;
    if (typeof wait === 'number') reply.header('retry-after', wait);
    if (sluiceError.code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="sluice"');
    if (sluiceError.code === 'body_too_large') await drain(request.raw);
    return reply.code(status).type('application/json; charset=utf-8').send(errorAnswer(sluiceError));
  });
}

function classify(error: FastifyError | SluiceError): { sluiceError: SluiceError; status: number } {
  if (error instanceof SluiceError) return { sluiceError: error, status: error.status };
  if (hasZodFastifySchemaValidationErrors(error)) {
    const place = error.validationContext ?? 'request';
    const details = error.validation.slice(0, maxProblems).map((issue) => ({
      in: place === 'querystring' ? 'query' : place,
      path: issue.instancePath.replace(/^\//, '').replaceAll('/', '.'),
      message: issue.message ?? 'invalid',
    }));
    const first = details[0];
    const field = first === undefined || first.path === '' ? place : first.path;
    return answer(new SluiceError('validation_failed', `${field}: ${first?.message ?? 'invalid'}`, details));
  }
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return answer(new SluiceError('media_type_unsupported', 'A body of this media type is not understood here.'));
  }
  if (error.code === 'ERR_INVALID_ARG_VALUE' && error.message.includes('null bytes')) {
    return answer(new SluiceError('request_invalid', 'A path holds a zero byte.'));
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) {
    return { sluiceError: new SluiceError('request_invalid', requestProblem(error)), status };
  }
  return answer(storageError(error) ?? new SluiceError('internal', 'Something unexpected happened.'));
}

function answer(sluiceError: SluiceError): { sluiceError: SluiceError; status: number } {
  return { sluiceError, status: sluiceError.status };
}

/** A parser's own words may quote the body; what is said here quotes nothing. */
function requestProblem(error: FastifyError): string {
  return error instanceof SyntaxError || error.code?.includes('JSON')
    ? 'The body is not valid JSON.'
    : 'The request is malformed.';
}

/**
 * Reads on for a while after a body was refused. Closing while the other side still sends would reset the connection,
 * and the answer would be lost with it.
 */
async function drain(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  const done = Promise.withResolvers<void>();
  const timer = setTimeout(done.resolve, drainMillis);
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > drainBytes) done.resolve();
  });
  for (const event of ['end', 'close', 'error']) request.once(event, () => done.resolve());
  request.resume();
  await done.promise;
  clearTimeout(timer);
}
