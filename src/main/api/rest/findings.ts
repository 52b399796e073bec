import * as z from 'zod';
import {
  findingFilterSchema,
  findingPlaceSchema,
  findingsSummarySchema,
  listedFindingSchema,
  pageSchema,
} from '../../../shared/model/index.js';
import type { Services } from '../services.js';
import { found, idOf, idParams, pageQuery, type RestApp } from './rest-app.js';

/** What redaction found, over all that is stored. */
export function findingRoutes(app: RestApp, { reads }: Services): void {
  app.get(
    '/findings',
    {
      config: { access: 'read' },
      schema: {
        summary: 'What redaction replaced, last stored first',
        description:
          'Each value once for the exchange and the placement it stands in, with the number of its places and the ' +
          'stored text around the first of them. The value itself is stored nowhere.',
        tags: ['findings'],
        querystring: pageQuery.extend(findingFilterSchema.shape),
        response: { 200: pageSchema(listedFindingSchema) },
      },
    },
    ({ query: { cursor, limit, ...filter } }) => reads.findings(filter, cursor ?? null, limit),
  );
  app.get(
    '/findings/summary',
    {
      config: { access: 'read' },
      schema: {
        summary: 'How many findings there are by entity, placement, detector and confidence',
        description: 'Each list counts what the other fields of the filter leave.',
        tags: ['findings'],
        querystring: findingFilterSchema,
        response: { 200: findingsSummarySchema },
      },
    },
    ({ query }) => reads.findingsSummary(query),
  );
  app.get(
    '/exchanges/:id/findings/:finding/places',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Every place that a listed finding stands for',
        tags: ['findings'],
        params: idParams.extend({ finding: z.string().max(200) }),
        querystring: pageQuery,
        response: { 200: pageSchema(findingPlaceSchema) },
      },
    },
    async ({ params, query }) => {
      const exchange = idOf(params.id, 'exchange');
      const finding = idOf(params.finding, 'finding');
      return found(await reads.findingPlaces(exchange, finding, query.cursor ?? null, query.limit), 'finding');
    },
  );
}
