import * as z from 'zod';
import {
  effectSchema,
  pageSchema,
  traceSchema,
  traceSummarySchema,
  witnessSchema,
} from '../../../shared/model/index.js';
import { deleteTrace } from '../audited.js';
import { actorOf } from '../auth.js';
import type { Services } from '../services.js';
import {
  found,
  idOf,
  idParams,
  listOptions,
  listQuery,
  missing,
  pageQuery,
  type RestApp,
  sendJson,
} from './rest-app.js';

const treeAnswer = z.object({
  nodes: z.array(traceSummarySchema),
  truncated: z.boolean().describe('Only the first 1,000 are there'),
});

export function traceRoutes(app: RestApp, services: Services): void {
  const { reads } = services;
  app.get(
    '/traces',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Traces, newest first',
        tags: ['traces'],
        querystring: listQuery,
        response: { 200: pageSchema(traceSummarySchema) },
      },
    },
    (request) => reads.traces(listOptions(request.query)),
  );
  app.get(
    '/traces/:id',
    {
      config: { access: 'read' },
      schema: {
        summary: 'A whole trace',
        description: 'By its id, or by the `trace_id` under which POST /ingest was given it.',
        tags: ['traces'],
        params: idParams,
        response: { 200: traceSchema },
      },
    },
    async (request, reply) =>
      sendJson(reply, await reads.traceJson(await traceId(services, request.params.id)), 'trace'),
  );
  app.get(
    '/traces/:id/tree',
    {
      config: { access: 'read' },
      schema: {
        summary: 'A trace among its subagents and segments',
        tags: ['traces'],
        params: idParams,
        response: { 200: treeAnswer },
      },
    },
    async (request) => found(await reads.traceTree(await traceId(services, request.params.id)), 'trace'),
  );
  app.get(
    '/traces/:id/effects',
    {
      config: { access: 'read' },
      schema: {
        summary: 'What the tool calls of a trace did on the wire',
        tags: ['traces'],
        params: idParams,
        querystring: pageQuery,
        response: { 200: pageSchema(effectSchema) },
      },
    },
    async (request) => {
      const id = await known(services, request.params.id);
      return reads.traceEffects(id, request.query.cursor ?? null, request.query.limit);
    },
  );
  app.get(
    '/traces/:id/witnesses',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Second reports of the calls of a trace, and where they disagree',
        tags: ['traces'],
        params: idParams,
        querystring: pageQuery,
        response: { 200: pageSchema(witnessSchema) },
      },
    },
    async (request) => {
      const id = await known(services, request.params.id);
      return reads.traceWitnesses(id, request.query.cursor ?? null, request.query.limit);
    },
  );
  app.delete(
    '/traces/:id',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Deletes a trace and what belongs to it alone',
        tags: ['traces'],
        params: idParams,
        response: { 204: z.undefined().describe('Deleted') },
      },
    },
    async (request, reply) => {
      const id = idOf(request.params.id, 'trace');
      if (!(await deleteTrace(services, actorOf(request.principal), id))) throw missing('trace');
      return reply.code(204).send();
    },
  );
}

/** The id of a trace that is given by its id or by the name that its program has for it. */
export async function traceId({ reads }: Services, given: string): Promise<string> {
  return (await reads.traceIdByKey(`ingest:${given}`)) ?? idOf(given, 'trace');
}

async function known(services: Services, given: string): Promise<string> {
  const id = await traceId(services, given);
  found(await services.reads.traceSummary(id), 'trace');
  return id;
}
