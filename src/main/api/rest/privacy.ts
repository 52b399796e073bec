import * as z from 'zod';
import {
  dataPlaceSchema,
  erasureReceiptSchema,
  erasureRequestSchema,
  idSchema,
  jobSchema,
  pageSchema,
  subjectPageSchema,
  subjectValuesSchema,
} from '../../../shared/model/index.js';
import { actorOf } from '../auth.js';
import type { Services } from '../services.js';
import { found, idOf, idParams, pageQuery, type RestApp } from './rest-app.js';

const values = subjectValuesSchema.describe(
  'What names the person, e.g. a mail address and a name; also found in capitals, in small letters and as pseudonyms',
);

/** Redacting anew and erasing what is stored, and what is held on somebody. */
export function privacyRoutes(app: RestApp, { privacy }: Services): void {
  app.post(
    '/rescan',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Redacts what is stored by the policy that holds now',
        description: 'A job; capture goes on meanwhile. What is a placeholder already cannot come back.',
        tags: ['privacy'],
        response: { 202: jobSchema },
      },
    },
    async (request, reply) => reply.code(202).send(privacy.startRescan(actorOf(request.principal))),
  );
  app.post(
    '/erasures',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Erases traces, or everything that names a person',
        description:
          'Give one of `trace_ids`, `query` and `subject`. It reaches messages, bodies, the search index, the journal and ' +
          'the datasets that were written on this machine; the receipt says what it did and what is out of reach.',
        tags: ['privacy'],
        body: erasureRequestSchema,
        response: { 202: z.object({ erasure_id: idSchema, job: jobSchema }) },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await privacy.startErasure(request.body, actorOf(request.principal))),
  );
  app.get(
    '/erasures',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Receipts of erasures, newest first',
        tags: ['privacy'],
        querystring: pageQuery,
        response: { 200: pageSchema(erasureReceiptSchema) },
      },
    },
    ({ query }) => privacy.receipts(query.cursor ?? null, query.limit),
  );
  app.get(
    '/erasures/:id',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'The receipt of an erasure that is done',
        tags: ['privacy'],
        params: idParams,
        response: { 200: erasureReceiptSchema },
      },
    },
    async ({ params }) => found(await privacy.receipt(idOf(params.id, 'receipt')), 'receipt'),
  );
  app.post(
    '/subjects/search',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Where values that name a person are held',
        description:
          'Looks through everything stored, some way at each request: ask with `next_cursor` until it is null. A page may ' +
          'be empty. Neither the values nor what stands there is told.',
        tags: ['privacy'],
        body: z.strictObject({ values, cursor: z.string().max(100).nullish() }),
        response: { 200: subjectPageSchema },
      },
    },
    ({ body }) => privacy.searchSubject(body.values, body.cursor ?? null),
  );
  app.post(
    '/subjects/export',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Writes all that is held on a person into a JSON file',
        description: 'A job; its file holds the traces and exchanges that mention the values, as they are stored.',
        tags: ['privacy'],
        body: z.strictObject({ values }),
        response: { 202: jobSchema },
      },
    },
    async (request, reply) =>
      reply.code(202).send(privacy.exportSubject(request.body.values, actorOf(request.principal))),
  );
  app.get(
    '/data-places',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Where everything lies on this machine, and how it is protected there',
        tags: ['privacy'],
        response: { 200: z.object({ items: z.array(dataPlaceSchema) }) },
      },
    },
    async () => ({ items: await privacy.places() }),
  );
}
