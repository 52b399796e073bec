import * as z from 'zod';
import { type Health, healthSchema, type Status } from '../../../shared/model/index.js';
import { metricsText } from '../metrics-text.js';
import type { Operations } from '../operations.js';
import { expose } from './expose.js';
import type { RestApp } from './rest-app.js';

/** How the engine is, in numbers. */
export interface Figures {
  health(): Health;
  status(): Status;
  /** The longest that the main thread held up others since this was last asked, in seconds. */
  loopDelay(): number;
}

export function healthRoutes(rest: { app: RestApp; operations: Operations; services: { figures: Figures } }): void {
  const { app, operations } = rest;
  const { figures } = rest.services;
  app.get(
    '/health',
    {
      config: { access: 'public' },
      schema: { summary: 'Is it alive', tags: ['engine'], security: [], response: { 200: healthSchema } },
    },
    () => figures.health(),
  );
  expose(app, 'POST /losses/acknowledge', operations.status.acknowledgeLosses, { tag: 'engine' });
  expose(app, 'GET /status', operations.status.get, { tag: 'engine' });
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
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(metricsText(figures.status(), figures.loopDelay()));
    },
  );
}
