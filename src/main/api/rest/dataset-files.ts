import * as z from 'zod';
import { datasetNameSchema } from '../../../shared/model/index.js';
import { type DownloadCodes, downloadCodeSchema } from '../download-codes.js';
import type { AuditNotes } from '../operations.js';
import type { RestApp } from './rest-app.js';
import { existing, sendFile } from './send-file.js';

/** Where a file of a version lies. Rejects with `dataset_unknown`, and with `not_found` for what its manifest does not name. */
export type DatasetFiles = (name: string, version: number, file: string) => Promise<string>;

/** The files of a version of a dataset. */
export function datasetFileRoutes(rest: {
  app: RestApp;
  downloads: DownloadCodes;
  services: { datasetFiles: DatasetFiles; audit: AuditNotes };
}): void {
  const { app, downloads, services } = rest;
  const params = z.object({
    name: datasetNameSchema,
    version: z.coerce.number().int().positive(),
    file: z.string().max(300),
  });
  app.get(
    '/datasets/:name/versions/:version/files/:file',
    {
      config: { access: 'read', byCode: true },
      schema: {
        summary: 'Downloads a file of a version',
        description: 'By its name in /datasets/{name}/versions/{version}/files, with %2F for each slash in it.',
        tags: ['datasets'],
        params,
        querystring: z.object({ code: z.string().max(100).optional() }),
        response: { 200: { content: { 'application/octet-stream': { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      const { name, version, file } = request.params;
      const path = await services.datasetFiles(name, version, file);
      const target = `${name} ${version}`;
      return sendFile(request, reply, { path, target, name: file, audit: services.audit });
    },
  );
  app.post(
    '/datasets/:name/versions/:version/files/:file/code',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Makes a code with which a browser fetches the file by itself, once and within a minute',
        description: 'At the file’s address, with `?code=<code>` in the place of a token.',
        tags: ['datasets'],
        params,
        response: { 201: downloadCodeSchema },
      },
    },
    async (request, reply) => {
      const { name, version, file } = request.params;
      await existing(await services.datasetFiles(name, version, file));
      return reply.code(201).send(downloads.make(request));
    },
  );
}
