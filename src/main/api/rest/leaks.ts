import * as z from 'zod';
import { leakReportSchema } from '../../../shared/model/index.js';
import type { Services } from '../services.js';
import { found, idOf, idParams, queryInteger, type RestApp } from './rest-app.js';

const sampleAnswer = z.object({ text: z.string(), cut: z.boolean().describe('Only its beginning is there') });

/** What was found in the files of an export, and rows of it to look at. */
export function leakRoutes(app: RestApp, { leaks }: Services): void {
  app.get(
    '/jobs/:id/leaks',
    {
      config: { access: 'read' },
      schema: {
        summary: 'The leak report of a finished export',
        description: 'Where something was found, never what. Of a refused export the job’s error tells.',
        tags: ['exports'],
        params: idParams,
        response: { 200: leakReportSchema },
      },
    },
    async (request) => found(await leaks.report(idOf(request.params.id, 'job')), 'leak report'),
  );
  app.get(
    '/jobs/:id/leaks/sample/:index',
    {
      config: { access: 'read' },
      schema: {
        summary: 'A row that was drawn for review',
        tags: ['exports'],
        params: idParams.extend({ index: queryInteger(z.int().min(0).max(10_000)) }),
        response: { 200: sampleAnswer },
      },
    },
    async (request) => found(await leaks.sampleRow(idOf(request.params.id, 'job'), request.params.index), 'row'),
  );
}
