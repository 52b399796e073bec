import * as z from 'zod';
import type { Principal } from '../../../shared/contract/operation.js';
import { SluiceError } from '../../../shared/errors.js';
import {
  finalizeSchema,
  type StoredTrace,
  sentEventsSchema,
  sentTraceSchema,
  type TraceHead,
} from '../../../shared/model/index.js';
import { type Access, actorOf, allows } from '../auth.js';
import { blocksOf } from '../body.js';
import { keptApart, keptApartSchema, mayAddTo, noteIngest, senderOf, tellJoins } from '../may-add-to.js';
import type { AuditNotes, Operations } from '../operations.js';
import { type Finals, failureOf, finalizeAnswers, foundBy, prefersAsync, untilOver, withJob } from './finals.js';
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
  operations: Operations;
  services: { access: Access; audit: AuditNotes; finals: Finals; intake: Intake };
  heads: TraceHeads;
}): void {
  const { app, services, heads } = rest;
  const { intake, finals } = services;
  const { traces } = rest.operations;

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

  const over = untilOver(finals);
  app.addHook('preClose', async () => over.end());

  app.post(
    '/traces/:id/finalize',
    {
      config: { access: 'ingest', sent: true },
      schema: {
        summary: 'Says that a trace is whole, has it checked, tested and judged',
        description:
          'One job: it waits until all that was sent is stored, runs the tests of the repository where one of this machine is known ' +
          'for the trace, and has its reasoning judged where a model profile is agreed to. Answers the whole trace once that is ' +
          'over, a client that goes away ends nothing; `{"wait": false}` or `Prefer: respond-async` is answered at once, the job at ' +
          '/jobs/{job_id} says what it found. A second time all of it is done again.',
        tags: ['intake'],
        params: idParams,
        headers: z.looseObject({
          prefer: z.string().max(1000).optional().describe('`respond-async`: as `wait: false`'),
        }),
        // No body says that it is whole, and nothing more.
        body: z.preprocess((body) => body ?? {}, finalizeSchema),
        response: finalizeAnswers,
      },
    },
    async (request, reply) => {
      const { principal } = request;
      const trace = await heads.stored(request.params.id);
      mayAddTo(trace, principal);
      const { trace_id } = trace;
      // What was sent is let go before anybody waits.
      const started = await intake.open('finalize', blocksOf(request), howOf(request), async ({ head, submit }) => {
        const { end_time, wait, ...asked } = head;
        if (
          end_time !== null &&
          trace.started_at !== null &&
          new Date(end_time).getTime() < Date.parse(trace.started_at)
        ) {
          const problem = { path: 'end_time', message: 'not before the trace’s first moment' };
          throw new SluiceError('validation_failed', `${problem.path}: ${problem.message}`, [problem]);
        }
        finals.check(asked);
        if (!heads.isFinal(trace)) {
          await heads.finalizing(trace_id, () =>
            submit({ stored: storedTraceOf(trace), now: Date.now() * 1000 }, senderOf(principal)),
          );
        }
        await services.audit.record({ action: 'finalize', actor: actorOf(principal), target: trace_id });
        return { wait, job_id: (await finals.start(trace_id, asked)).job_id };
      });
      const { job_id } = started;
      reply.header('location', `/jobs/${job_id}`);
      const later = prefersAsync(request.headers.prefer);
      if (later) reply.header('preference-applied', 'respond-async');
      const job = started.wait && !later ? await over.of(job_id, reply) : null;
      if (job === null || job.state === 'queued' || job.state === 'running') {
        return reply.code(202).send({ job_id, trace_id, qa_status: 'pending' });
      }
      if (job.state !== 'done') throw failureOf(job);
      if (principal === null || !allows(principal, 'read')) return reply.code(200).send(foundBy(job));
      const whole = await traces.whole.run({ trace_id, shape: 'trace' }, principal);
      return reply
        .code(200)
        .type('application/json; charset=utf-8')
        .send(withJob(whole, job_id) as never);
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
