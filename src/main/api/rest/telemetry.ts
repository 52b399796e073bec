import * as z from 'zod';
import type { Principal } from '../../../shared/contract/operation.js';
import { SluiceError } from '../../../shared/errors.js';
import {
  finalizeSchema,
  idSchema,
  type StoredTrace,
  sentEventsSchema,
  sentTraceSchema,
  type TraceHead,
} from '../../../shared/model/index.js';
import { type Access, actorOf } from '../auth.js';
import { blocksOf } from '../body.js';
import { keptApart, keptApartSchema, mayAddTo, noteIngest, senderOf, tellJoins } from '../may-add-to.js';
import type { AuditNotes } from '../operations.js';
import { idParams, type RestApp } from './rest-app.js';
import { howOf, type Intake } from './sent.js';
import { storedSoon } from './stored-soon.js';
import type { TraceHeads } from './trace-heads.js';

const retryHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Names the request: sent again under the same key it changes nothing'),
});

const answeredId = z.string().describe('The name that was sent, else the id that the trace was given');

/** Whole traces, or a beginning, batches of events in any order, and an end. */
export function telemetryRoutes(rest: {
  app: RestApp;
  services: { access: Access; audit: AuditNotes; intake: Intake };
  heads: TraceHeads;
}): void {
  const { app, services, heads } = rest;
  const { intake } = services;

  app.post(
    '/traces',
    {
      config: { access: 'ingest', sent: true },
      schema: {
        summary: 'Stores a trace: PR telemetry, an execution, a decision, a tool call',
        description:
          'Answers 201 when the trace is stored; 202 when it is safe in the journal and the store is behind. ' +
          'Fields that are not named here are kept in its metadata, those of events in their data. Executions, decisions and ' +
          'tool calls in the standard shape are taken too, alone or with the name of their shape around them. The header ' +
          '`sluice-joins` says what the records of this token may join, as /ingest does.',
        tags: ['intake'],
        headers: retryHeaders,
        body: sentTraceSchema,
        response: {
          201: z.object({ trace_id: answeredId, status: z.literal('stored'), kept_apart: keptApartSchema }),
          202: z.object({ trace_id: answeredId, status: z.literal('accepted') }),
        },
      },
    },
    (request, reply) =>
      intake.open('trace', blocksOf(request), howOf(request), async ({ head, submit }) => {
        const { consent, digest } = head;
        const existing = head.trace_id === null ? null : await heads.byName(head.trace_id);
        if (existing !== null) {
          mayAddTo(existing, request.principal);
          await heads.takesMore(existing);
        }
        const order = {
          stored: existing && storedTraceOf(existing),
          retry: retryOf(request, digest),
          now: Date.now() * 1000,
          consent:
            consent &&
            intake.consent(consent, actorOf(request.principal), sourceOf(services.access, request.principal)),
        };
        const submitted = await submit(order, senderOf(request.principal));
        await noteIngest(services, request.principal, 'traces');
        const trace_id = head.trace_id ?? submitted.trace_id;
        if (trace_id === null) throw new TypeError('A trace was taken and has no id.');
        reply.header('location', `/traces/${encodeURIComponent(trace_id)}`);
        tellJoins(reply, request.principal);
        if (await storedSoon(intake)) {
          const apart = await keptApart(intake, existing?.trace_id ?? null, request.principal);
          return reply.code(201).send({ trace_id, status: 'stored', ...apart });
        }
        return reply.code(202).send({ trace_id, status: 'accepted' });
      }),
  );

  app.post(
    '/traces/:id/events',
    {
      config: { access: 'ingest', sent: true },
      schema: {
        summary: 'Adds events to a trace',
        description:
          'In any order: a trace is read in the order of time. 200 when they are stored; 202 when they are safe in the ' +
          'journal and the store is behind. A finalized trace takes no more (409).',
        tags: ['intake'],
        params: idParams,
        headers: retryHeaders,
        body: sentEventsSchema,
        response: {
          200: z.object({
            accepted: z.int(),
            duplicates: z.int().describe('Events whose id the trace had already'),
            kept_apart: keptApartSchema,
          }),
          202: z.object({ accepted: z.int(), duplicates: z.int() }),
        },
      },
    },
    async (request, reply) => {
      const trace = await heads.open(request.params.id, request.principal);
      return intake.open(
        'events',
        blocksOf(request),
        howOf(request),
        async ({ head: { event_ids, digest }, submit }) => {
          const ids = event_ids.flatMap((id) => id ?? []);
          const seen = new Set(ids.length === 0 ? [] : await intake.knownEvents(trace.trace_id, ids));
          const fresh = event_ids.flatMap((id, at) => {
            if (id === null) return [at];
            if (seen.has(id)) return [];
            seen.add(id);
            return [at];
          });
          const answer = { accepted: fresh.length, duplicates: event_ids.length - fresh.length };
          await heads.takesMore(trace);
          if (fresh.length > 0) {
            await submit(
              { stored: storedTraceOf(trace), fresh, retry: retryOf(request, digest) },
              senderOf(request.principal),
            );
          }
          await noteIngest(services, request.principal, 'events');
          tellJoins(reply, request.principal);
          if (!(await storedSoon(intake))) return reply.code(202).send(answer);
          return reply.code(200).send({ ...answer, ...(await keptApart(intake, trace.trace_id, request.principal)) });
        },
      );
    },
  );

  app.post(
    '/traces/:id/finalize',
    {
      config: { access: 'ingest', sent: true },
      schema: {
        summary: 'Says that a trace is whole, and has it checked',
        description:
          'The job at /jobs/{job_id} says in its result what it found. A second time it is only checked again.',
        tags: ['intake'],
        params: idParams,
        // No body says that it is whole, and nothing more.
        body: z.preprocess((body) => body ?? {}, finalizeSchema),
        response: { 202: z.object({ job_id: idSchema }) },
      },
    },
    async (request, reply) => {
      const trace = await heads.stored(request.params.id);
      mayAddTo(trace, request.principal);
      return intake.open('finalize', blocksOf(request), howOf(request), async ({ head: { end_time }, submit }) => {
        if (
          end_time !== null &&
          trace.started_at !== null &&
          new Date(end_time).getTime() < Date.parse(trace.started_at)
        ) {
          const problem = { path: 'end_time', message: 'not before the trace’s first moment' };
          throw new SluiceError('validation_failed', `${problem.path}: ${problem.message}`, [problem]);
        }
        const { trace_id } = trace;
        if (!heads.isFinal(trace)) {
          await heads.finalizing(trace_id, () =>
            submit({ stored: storedTraceOf(trace), now: Date.now() * 1000 }, senderOf(request.principal)),
          );
        }
        await services.audit.record({ action: 'finalize', actor: actorOf(request.principal), target: trace_id });
        const { job_id } = await intake.startFinalize(trace_id);
        return reply.code(202).header('location', `/jobs/${job_id}`).send({ job_id });
      });
    },
  );
}

/** `rest`, with the name of the token. */
function sourceOf(access: Access, principal: Principal | null): string {
  const name = access.nameOf(principal?.token_id ?? null);
  return name === null ? 'rest' : `rest ${name}`;
}

/**
 * Two programs may use the same keys: they count by token. The body counts too: another one under the same key is no
 * repetition, and must not be lost as if it were.
 */
function retryOf(
  request: {
    headers: { 'idempotency-key'?: string | undefined };
    principal: { token_id: string | null } | null;
  },
  digest: string,
): string | null {
  const key = request.headers['idempotency-key'];
  return key === undefined ? null : `${request.principal?.token_id ?? ''} ${key} ${digest}`;
}

function storedTraceOf({ trace_id, kind }: TraceHead): StoredTrace {
  return { trace_id, kind };
}
