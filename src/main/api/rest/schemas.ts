import * as z from 'zod';
import type { Services } from '../services.js';
import { found, type RestApp } from './rest-app.js';

const entry = z.object({ name: z.string(), version: z.int(), title: z.string(), id: z.string() });

/** JSON Schemas of the public shapes, generated from the schemas that also validate. */
export function schemaRoutes(app: RestApp, { validation }: Services): void {
  app.get(
    '/schemas',
    {
      config: { access: 'read' },
      schema: {
        summary: 'The public shapes',
        tags: ['validation'],
        response: { 200: z.object({ items: z.array(entry) }) },
      },
    },
    () => ({ items: validation.schemas() }),
  );
  app.get(
    '/schemas/:name',
    {
      config: { access: 'read' },
      schema: {
        summary: 'The JSON Schema of a shape',
        description: 'JSON Schema, draft 2020-12. A change that breaks readers counts the version in `$id` up.',
        tags: ['validation'],
        params: z.object({ name: z.string().max(100) }),
        response: { 200: z.looseObject({}) },
      },
    },
    (request) => found(validation.schema(request.params.name), 'schema'),
  );
}
