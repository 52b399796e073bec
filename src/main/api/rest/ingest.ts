import * as z from 'zod';
import { idSchema, ingestSchema } from '../../../shared/model/index.js';
import { blocksOf } from '../body.js';
import { joinsOf, joinsSchema, mayAddTo, noteIngest, senderOf } from '../may-add-to.js';
import type { AuditNotes } from '../operations.js';
import type { RestApp } from './rest-app.js';
import { howOf, type Intake } from './sent.js';
import type { TraceHeads } from './trace-heads.js';

/** Single events of programs that keep their own trace ids, as fast as they come. */
export function ingestRoutes(rest: {
  app: RestApp;
  services: { intake: Intake; audit: AuditNotes };
  heads: TraceHeads;
}): void {
  const { app, services, heads } = rest;
  const { intake } = services;
  app.post(
    '/ingest',
    {
      config: { access: 'ingest', sent: true },
      schema: {
        summary: 'Takes one event of a trace',
        description:
          'Answers when the event is safe in the journal: it cannot be lost then. 503 with Retry-After where the store is ' +
          'too far behind; then it was not taken. Event types that are known become steps, tool calls, decisions and model ' +
          'calls (`llm_call` with `request` and `response` as the vendor’s API has them); others are kept as they are.',
        tags: ['intake'],
        body: ingestSchema,
        response: { 202: z.object({ status: z.literal('accepted'), trace_id: z.string(), joins: joinsSchema }) },
      },
    },
    (request, reply) =>
      intake.open('ingest', blocksOf(request), howOf(request), async ({ head, submit }) => {
        const id = idSchema.safeParse(head.trace_id.toLowerCase());
        const seen = id.success ? await heads.byId(id.data) : await heads.byName(head.trace_id);
        // What is sent under a name stays in the trace of that name, whatever has joined it.
        const stored = id.success ? seen : null;
        if (stored !== null) mayAddTo(stored, request.principal);
        if (seen !== null) await heads.takesMore(seen);
        await submit(
          { stored: stored && { trace_id: stored.trace_id, kind: stored.kind }, now: Date.now() * 1000 },
          senderOf(request.principal),
        );
        await noteIngest(services, request.principal, 'ingest');
        return reply.code(202).send({ status: 'accepted', trace_id: head.trace_id, joins: joinsOf(request.principal) });
      }),
  );
}
