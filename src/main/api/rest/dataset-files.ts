import * as z from 'zod';
import { datasetNameSchema } from '../../../shared/model/index.js';
import type { DownloadCodes } from '../download-codes.js';
import type { AuditNotes } from '../operations.js';
import { fileRoutes } from './file-routes.js';
import type { RestApp } from './rest-app.js';

/** Where a file of a version lies. Rejects with `dataset_unknown`, and with `not_found` for what its manifest does not name. */
export type DatasetFiles = (name: string, version: number, file: string) => Promise<string>;

/** The files of a version of a dataset. */
export function datasetFileRoutes(rest: {
  app: RestApp;
  downloads: DownloadCodes;
  services: { datasetFiles: DatasetFiles; audit: AuditNotes };
}): void {
  const { app, downloads, services } = rest;
  fileRoutes({
    app,
    address: '/datasets/:name/versions/:version/files/:file',
    about: {
      summary: 'Downloads a file of a version',
      description: 'By its name in /datasets/{name}/versions/{version}/files, with %2F for each slash in it.',
      tags: ['datasets'],
    },
    params: z.object({
      name: datasetNameSchema,
      version: z.coerce.number().int().positive(),
      file: z.string().max(300),
    }),
    async fileOf({ name, version, file }) {
      return { path: await services.datasetFiles(name, version, file), target: `${name} ${version}`, name: file };
    },
    downloads,
    audit: services.audit,
  });
}
