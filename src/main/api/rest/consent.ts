import * as z from 'zod';
import {
  consentEventSchema,
  consentOverviewSchema,
  consentStateSchema,
  givenConsentSchema,
  jobSchema,
  pageSchema,
} from '../../../shared/model/index.js';
import { actorOf } from '../auth.js';
import type { Services } from '../services.js';
import { found, idOf, idParams, listQuery, pageQuery, type RestApp } from './rest-app.js';

const given = givenConsentSchema.nullable();

/** The right to use traces, and how long they are kept. */
export function consentRoutes(app: RestApp, services: Services): void {
  const { consent, retention, reads } = services;
  app.get(
    '/consents',
    {
      config: { access: 'read' },
      schema: {
        summary: 'How many traces have which consent',
        tags: ['consent'],
        response: { 200: consentOverviewSchema },
      },
    },
    () => consent.overview(),
  );
  app.post(
    '/consents',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Sets the consent of everything that a query finds, as a job',
        description: 'The job’s result is `{traces}`. `consent` null forgets what was said of the traces themselves.',
        tags: ['consent'],
        body: z.strictObject({ query: listQuery.shape.query, consent: given }),
        response: { 202: jobSchema },
      },
    },
    async (request, reply) => {
      const { query, consent: wanted } = request.body;
      const job = consent.startSet(query, wanted, actorOf(request.principal));
      return reply.code(202).header('location', `/jobs/${job.job_id}`).send(job);
    },
  );
  app.get(
    '/traces/:id/consent',
    {
      config: { access: 'read' },
      schema: {
        summary: 'The consent of a trace',
        description: 'Inherited of the trace that spawned it or that it goes on from, else of the settings’ default.',
        tags: ['consent'],
        params: idParams,
        response: { 200: consentStateSchema },
      },
    },
    (request) => found(consent.get(idOf(request.params.id, 'trace')), 'trace'),
  );
  app.put(
    '/traces/:id/consent',
    {
      config: { access: 'review' },
      schema: {
        summary: 'Says the consent of a trace, and so of what it spawned; null forgets what was said',
        description:
          'The subject is stored as a pseudonym unless `keep_subject` is set. A withdrawal is a consent with an empty ' +
          '`scope`. What stood before stays in the history.',
        tags: ['consent'],
        params: idParams,
        body: given,
        response: { 200: consentStateSchema },
      },
    },
    async (request) => {
      const id = idOf(request.params.id, 'trace');
      found(await reads.traceSummary(id), 'trace');
      return found(await consent.set(id, request.body, actorOf(request.principal)), 'trace');
    },
  );
  app.get(
    '/traces/:id/consent/history',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Every state that the consent of a trace had, newest first',
        tags: ['consent'],
        params: idParams,
        querystring: pageQuery,
        response: { 200: pageSchema(consentEventSchema) },
      },
    },
    (request) => {
      const { cursor, limit } = request.query;
      return found(consent.history(idOf(request.params.id, 'trace'), cursor ?? null, limit), 'trace');
    },
  );
  app.post(
    '/retention',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Deletes the oldest by the rules of the settings, as a job',
        description: 'Its result says what went, or with `dry_run` what would go.',
        tags: ['consent'],
        body: z.strictObject({ dry_run: z.boolean().default(false) }),
        response: { 202: jobSchema },
      },
    },
    async (request, reply) => {
      const job = retention.start(request.body.dry_run, actorOf(request.principal));
      return reply.code(202).header('location', `/jobs/${job.job_id}`).send(job);
    },
  );
}
