import { isAbsolute } from 'node:path';
import * as z from 'zod';
import { idSchema } from '../../../shared/model/index.js';
import type { Services } from '../services.js';
import { found, idOf, idParams, type RestApp } from './rest-app.js';

const watchSchema = z.object({
  watch_id: idSchema,
  folders: z.array(z.string()),
  files: z.int(),
  taken: z.int(),
  duplicates: z.int(),
  skipped: z.int(),
  trace_ids: z.array(z.string()),
});
const body = z
  .object({ folders: z.array(z.string().min(1).max(4096).refine(isAbsolute, 'an absolute path')).min(1).max(32) })
  .strict();

/** Folders of session files that are followed. */
export function watchRoutes(app: RestApp, services: Services): void {
  const { watches } = services;
  app.post(
    '/watches',
    {
      config: { access: 'admin' },
      schema: { summary: 'Follows session files of agents', tags: ['intake'], body, response: { 201: watchSchema } },
    },
    async (request, reply) => reply.code(201).send(await watches.start(request.body.folders)),
  );
  app.get(
    '/watches',
    {
      config: { access: 'read' },
      schema: { summary: 'Folders that are followed', tags: ['intake'], response: { 200: z.array(watchSchema) } },
    },
    () => watches.list(),
  );
  app.get(
    '/watches/:id',
    {
      config: { access: 'read' },
      schema: {
        summary: 'What following has given',
        tags: ['intake'],
        params: idParams,
        response: { 200: watchSchema },
      },
    },
    (request) => found(watches.get(idOf(request.params.id, 'watch')), 'watch'),
  );
  app.delete(
    '/watches/:id',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Takes what is there and stops following',
        tags: ['intake'],
        params: idParams,
        response: { 200: watchSchema },
      },
    },
    async (request) => found(await watches.end(idOf(request.params.id, 'watch')), 'watch'),
  );
}
