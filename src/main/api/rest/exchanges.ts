import * as z from 'zod';
import { exchangeSchema, exchangeSummarySchema, pageSchema } from '../../../shared/model/index.js';
import type { Services } from '../services.js';
import { idOf, idParams, listOptions, listQuery, queryInteger, type RestApp, sendJson } from './rest-app.js';

/** UTF-16 units of each body in one answer. */
const bodyLimit = { default: 1024 * 1024, max: 16 * 1024 * 1024 };

const bodyPage = z.object({
  text: z.string(),
  offset: z.int(),
  /** Null at the end. */
  next_offset: z.int().nullable(),
  total_chars: z.int(),
});

export function exchangeRoutes(app: RestApp, services: Services): void {
  app.get(
    '/exchanges',
    {
      config: { access: 'read' },
      schema: {
        summary: 'HTTP exchanges, newest first',
        tags: ['exchanges'],
        querystring: listQuery,
        response: { 200: pageSchema(exchangeSummarySchema) },
      },
    },
    (request) => services.reads.exchanges(listOptions(request.query)),
  );
  app.get(
    '/exchanges/:id',
    {
      config: { access: 'read' },
      schema: {
        summary: 'An exchange with headers and bodies',
        description:
          'Bodies longer than `body_limit` are cut, marked `truncated`, and `body_total_chars` says their length; ' +
          '/exchanges/{id}/body/{side} pages through the rest.',
        tags: ['exchanges'],
        params: idParams,
        querystring: z.object({
          body_limit: queryInteger(z.int().min(0).max(bodyLimit.max)).default(bodyLimit.default),
        }),
        response: { 200: exchangeSchema },
      },
    },
    async (request, reply) => {
      const id = idOf(request.params.id, 'exchange');
      return sendJson(reply, await services.reads.exchangeJson(id, request.query.body_limit), 'exchange');
    },
  );
  app.get(
    '/exchanges/:id/body/:side',
    {
      config: { access: 'read' },
      schema: {
        summary: 'A part of a body, by UTF-16 units',
        tags: ['exchanges'],
        params: idParams.extend({ side: z.enum(['request', 'response']) }),
        querystring: z.object({
          offset: queryInteger(z.int().min(0)).default(0),
          limit: queryInteger(z.int().min(1).max(bodyLimit.max)).default(bodyLimit.default),
        }),
        response: { 200: bodyPage },
      },
    },
    async (request, reply) => {
      const { offset, limit } = request.query;
      const id = idOf(request.params.id, 'exchange');
      return sendJson(reply, await services.reads.exchangeBodyJson(id, request.params.side, offset, limit), 'body');
    },
  );
}
