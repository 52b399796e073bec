import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import type { WrongTokens } from '../../ground/floods.js';
import { bearerToken } from '../auth.js';
import { codeMillis, createOneTimeCodes } from '../one-time-codes.js';
import type { RestApp } from './rest-app.js';

/** How a browser that is opened by a program gets the token without it standing in the program's arguments. */
export function sessionRoutes({ app, wrongTokens }: { app: RestApp; wrongTokens: WrongTokens }): void {
  const codes = createOneTimeCodes<string>();
  app.post(
    '/session-codes',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Makes a code that stands for the token of this request, once and for a minute',
        description: 'Open the studio at `/#code=<code>`.',
        tags: ['tokens'],
        response: { 201: z.object({ code: z.string(), expires_in_s: z.int() }) },
      },
    },
    async (request, reply) => {
      const token = bearerToken(request.headers.authorization) as string;
      return reply.code(201).send({ code: codes.make(token), expires_in_s: codeMillis / 1000 });
    },
  );
  app.post(
    '/session',
    {
      config: { access: 'public' },
      // Whoever has no token yet makes nobody read much.
      bodyLimit: 1024,
      schema: {
        summary: 'Exchanges a code for the token it stands for',
        tags: ['tokens'],
        body: z.strictObject({ code: z.string().max(100) }),
        response: { 200: z.object({ token: z.string() }) },
      },
    },
    async (request) => {
      const token = codes.take(request.body.code);
      if (token !== null) return { token };
      await wrongTokens.slow(request.socket.remoteAddress);
      throw new SluiceError('unauthorized', 'The code was used already, or is older than a minute.');
    },
  );
}
