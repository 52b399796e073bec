import * as z from 'zod';
import { healthSchema, statusSchema } from '../../../shared/model/index.js';
import { metricsText } from '../metrics-text.js';
import type { Services } from '../services.js';
import type { RestApp } from './rest-app.js';

export function healthRoutes(app: RestApp, services: Services): void {
  app.get(
    '/health',
    {
      config: { access: 'public' },
      schema: { summary: 'Is it alive', tags: ['engine'], security: [], response: { 200: healthSchema } },
    },
    () => services.health(),
  );
  app.get(
    '/status',
    {
      config: { access: 'read' },
      schema: {
        summary: 'What the engine does: addresses, counters, refused clients',
        tags: ['engine'],
        response: { 200: statusSchema },
      },
    },
    () => services.status(),
  );
  app.get(
    '/metrics',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Counters in Prometheus text format',
        tags: ['engine'],
        response: { 200: { content: { 'text/plain': { schema: z.string() } } } },
      },
    },
    (_request, reply) => {
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(metricsText(services.status(), services.loopDelay()));
    },
  );
}
