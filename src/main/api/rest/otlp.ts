import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import { maxBodyBytes } from '../limits.js';
import { noteIngest, sentBy } from '../may-add-to.js';
import type { Services } from '../services.js';
import type { RestApp } from './rest-app.js';

const inflate = promisify(gunzip);

/** OTLP/HTTP: spans of programs that are instrumented with OpenTelemetry. */
export function otlpRoutes(app: RestApp, services: Services): void {
  const { intake } = services;
  app.register(async (otlp) => {
    otlp.removeAllContentTypeParsers();
    otlp.addContentTypeParser(
      ['application/json', 'application/x-protobuf'],
      { parseAs: 'buffer' },
      (_request, body, done) => done(null, body),
    );
    otlp.post(
      '/v1/traces',
      {
        config: { access: 'ingest' },
        schema: {
          summary: 'Takes an OTLP/HTTP export request',
          description:
            'JSON or protobuf, plain or gzip; at most 10 MB after inflation. The answer is an ExportTraceServiceResponse in ' +
            'the encoding of the request, with `partialSuccess` where spans were rejected. Without the scope admin a span ' +
            'is a witness of a captured call, or begins and continues traces of its own kind.',
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
      async (request, reply) => {
        const body = await plain(request.body, request.headers['content-encoding']);
        const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
        const read = intake.otlpRecords(body, type);
        await intake.submit(sentBy(request.principal, read.records));
        await noteIngest(services, request.principal, 'otlp');
        const answer = read.answer();
        const bytes = typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body);
        return reply
          .code(200)
          .type(answer.contentType)
          .serializer(String)
          .send(bytes as never);
      },
    );
  });
}

async function plain(body: unknown, encoding: string | undefined): Promise<Uint8Array> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const coding = (encoding ?? 'identity').trim().toLowerCase();
  if (coding === 'identity') return bytes;
  if (coding !== 'gzip') {
    throw new SluiceError('media_type_unsupported', 'The content-encoding has to be gzip or none.');
  }
  try {
    return await inflate(bytes, { maxOutputLength: maxBodyBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new SluiceError('body_too_large', 'The body is larger than 10 MB after inflation.');
    }
    throw new SluiceError('request_invalid', 'The body is not valid gzip.');
  }
}
