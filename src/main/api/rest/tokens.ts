import * as z from 'zod';
import { newTokenSchema, tokenSchema } from '../../../shared/model/index.js';
import { createToken, revokeToken } from '../audited.js';
import { actorOf } from '../auth.js';
import type { Services } from '../services.js';
import { idOf, idParams, missing, type RestApp } from './rest-app.js';

export function tokenRoutes(app: RestApp, services: Services): void {
  app.get(
    '/tokens',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Tokens besides the studio’s own, oldest first',
        tags: ['tokens'],
        response: { 200: z.object({ items: z.array(tokenSchema) }) },
      },
    },
    () => ({ items: services.tokens.list() }),
  );
  app.post(
    '/tokens',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Makes a token',
        description: 'The answer is the only place where it stands: only its hash is kept.',
        tags: ['tokens'],
        body: newTokenSchema,
        response: { 201: tokenSchema.extend({ token: z.string() }) },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createToken(services, actorOf(request.principal), request.body)),
  );
  app.delete(
    '/tokens/:id',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Revokes a token, from the next request on',
        tags: ['tokens'],
        params: idParams,
        response: { 204: z.undefined().describe('Revoked') },
      },
    },
    async (request, reply) => {
      const id = idOf(request.params.id, 'token');
      if (!(await revokeToken(services, actorOf(request.principal), id))) throw missing('token');
      return reply.code(204).send();
    },
  );
}
