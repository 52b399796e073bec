import type { Readable } from 'node:stream';
import * as z from 'zod';
import { importsContract } from '../../../shared/contract/intake.js';
import { SluiceError } from '../../../shared/errors.js';
import { jobSchema } from '../../../shared/model/index.js';
import { actorOf } from '../auth.js';
import { smallJson } from '../body-parsers.js';
import type { Operations } from '../operations.js';
import type { RestApp } from './rest-app.js';
import type { Intake } from './sent.js';

const { start } = importsContract;
const query = z.object({
  name: z.string().min(1).max(300).optional().describe('Name of the file that is sent'),
  as: start.input.shape.as,
});
const pathBody = start.input.strict();

/** What is read of a body that names a path. */
const maxPathBody = 65_536;

/** Files that others wrote, from this machine or in the request. */
export function importRoutes(rest: { app: RestApp; operations: Operations; services: { intake: Intake } }): void {
  const { app, operations } = rest;
  const { intake } = rest.services;
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The file goes straight from the socket into its importer: it never lies on disk in the clear, nor whole in memory.
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.post(
      '/import',
      {
        config: { access: 'admin' },
        bodyLimit: Number.MAX_SAFE_INTEGER,
        schema: {
          summary: 'Imports a file',
          description:
            'With `name` the body is the file, of any size, and the answer is the finished job with its report. Without, the ' +
            'body is `{path, as}`, a file on the engine’s machine, and the answer is the job that was started.',
          tags: ['intake'],
          querystring: query,
          response: { 200: jobSchema, 202: jobSchema },
        },
      },
      async (request, reply) => {
        const body = request.body as Readable | undefined;
        const { name, as: importer } = request.query as z.infer<typeof query>;
        if (name !== undefined) {
          if (body === undefined) throw new SluiceError('request_invalid', 'There is no body.');
          const bytes = body.iterator({ destroyOnReturn: false });
          const job = await intake.upload(name, bytes, importer, actorOf(request.principal));
          // An importer may give up before the end of the file.
          body.resume();
          return reply.code(200).send(job);
        }
        const { path, as: named } = pathBody.parse(await json(body));
        const as = named ?? importer;
        const job = await operations.imports.start.run({ path, ...(as !== undefined && { as }) }, request.principal);
        return reply.code(202).header('location', `/jobs/${job.job_id}`).send(job);
      },
    );
  });
}

async function json(body: Readable | undefined): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += (chunk as Buffer).length;
    if (size > maxPathBody) throw new SluiceError('body_too_large', 'A file is sent with ?name=….');
    parts.push(chunk as Buffer);
  }
  return smallJson(Buffer.concat(parts));
}
