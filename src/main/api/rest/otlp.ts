import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { blocksOf, readBody, SentBody } from '../body.js';
import { maxBodyBytes } from '../limits.js';
import { noteIngest, senderOf, tellJoins } from '../may-add-to.js';
import type { AuditNotes } from '../operations.js';
import type { RestApp } from './rest-app.js';
import { howOf, type Intake } from './sent.js';

/** OTLP/HTTP: spans of programs that are instrumented with OpenTelemetry. */
export function otlpRoutes(rest: { app: RestApp; services: { intake: Intake; audit: AuditNotes } }): void {
  const { app, services } = rest;
  const { intake } = services;
  app.register(async (otlp) => {
    otlp.removeAllContentTypeParsers();
    otlp.addContentTypeParser(
      ['application/json', 'application/x-protobuf'],
      async (request: FastifyRequest) => new SentBody(await readBody(request.raw, maxBodyBytes)),
    );
    otlp.post(
      '/v1/traces',
      {
        config: { access: 'ingest', sent: true },
        schema: {
          summary: 'Takes an OTLP/HTTP export request',
          description:
            'JSON or protobuf, plain or gzip; at most 10 MB after inflation. The answer is an ExportTraceServiceResponse in ' +
            'the encoding of the request, with `partialSuccess` where spans were rejected. Without the scope admin a span ' +
            'is a witness of a captured call, or begins and continues traces of its own kind: the header `sluice-joins` says `any` ' +
            'or `own_kind`. The exchange of each span (`via:intake`) names the trace that it came to.',
          tags: ['intake'],
          consumes: ['application/json', 'application/x-protobuf'],
          response: {
            200: {
              content: {
                'application/json': {
                  schema: z.object({
                    partialSuccess: z
                      .object({ rejectedSpans: z.union([z.string(), z.int()]), errorMessage: z.string() })
                      .partial()
                      .optional(),
                  }),
                },
                'application/x-protobuf': { schema: z.string() },
              },
            },
          },
        },
      },
      (request, reply) =>
        intake.open('otlp', blocksOf(request), howOf(request), async ({ head, submit }) => {
          await submit({}, senderOf(request.principal));
          await noteIngest(services, request.principal, 'otlp');
          tellJoins(reply, request.principal);
          const bytes = typeof head.body === 'string' ? head.body : Buffer.from(head.body);
          return reply
            .code(200)
            .type(head.contentType)
            .serializer(String)
            .send(bytes as never);
        }),
    );
  });
}
