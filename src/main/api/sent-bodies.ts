import type { FastifyInstance } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { SentBody } from './body.js';
import { maxBodyBytes, smallBodyBytes } from './limits.js';

/** Routes with `sent` take a program's data as bytes and have it read elsewhere; the bodies of all others are small. */
export function installSentBodies(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    route.bodyLimit ??= route.config?.sent ? maxBodyBytes : smallBodyBytes;
  });
  app.addHook('preValidation', async (request) => {
    if (request.routeOptions.config.sent) request.body ??= new SentBody([]);
  });
  app.setValidatorCompiler((route) => {
    const check = validatorCompiler(route as never);
    return route.httpPart === 'body' ? (value) => (value instanceof SentBody ? { value } : check(value)) : check;
  });
}
