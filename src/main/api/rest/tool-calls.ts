import { pageSchema, toolCallSchema } from '../../../shared/model/index.js';
import type { Services } from '../services.js';
import { listOptions, listQuery, type RestApp } from './rest-app.js';

export function toolCallRoutes(app: RestApp, services: Services): void {
  app.get(
    '/tool-calls',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Tool calls, newest first',
        tags: ['tool calls'],
        querystring: listQuery,
        response: { 200: pageSchema(toolCallSchema) },
      },
    },
    (request) => services.reads.toolCalls(listOptions(request.query)),
  );
}
