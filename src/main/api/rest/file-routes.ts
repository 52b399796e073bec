import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { type DownloadCodes, downloadCodeSchema } from '../download-codes.js';
import type { AuditNotes } from '../operations.js';
import type { RestApp } from './rest-app.js';
import { existing, sendFile } from './send-file.js';

/** What a download is of: where the file lies, and what the audit log calls it. */
export interface Download {
  path: string;
  target: string;
  name: string;
}

/** A file at an address, and behind it (`/code`) what a browser needs to fetch it by itself. */
export function fileRoutes<Params extends z.ZodObject>({
  app,
  address,
  about,
  params,
  fileOf,
  downloads,
  audit,
}: {
  app: RestApp;
  address: string;
  about: { summary: string; description: string; tags: string[] };
  params: Params;
  /** Throws where there is no such file, or not for this principal. */
  fileOf(params: z.infer<Params>, principal: FastifyRequest['principal']): Download | Promise<Download>;
  downloads: DownloadCodes;
  audit: AuditNotes;
}): void {
  const wanted = ({ params: named, principal }: FastifyRequest) => fileOf(named as z.infer<Params>, principal);
  app.get(
    address,
    {
      config: { access: 'read', byCode: true },
      schema: {
        ...about,
        params,
        querystring: z.object({ code: z.string().max(100).optional() }),
        response: { 200: { content: { 'application/octet-stream': { schema: z.string() } } } },
      },
    },
    async (request, reply) =>
      sendFile(request as FastifyRequest, reply, { ...(await wanted(request as FastifyRequest)), audit }),
  );
  app.post(
    `${address}/code`,
    {
      config: { access: 'read' },
      schema: {
        summary: 'Makes a code with which a browser fetches the file by itself, once and within a minute',
        description: 'At the file’s address, with `?code=<code>` in the place of a token.',
        tags: about.tags,
        params,
        response: { 201: downloadCodeSchema },
      },
    },
    async (request, reply) => {
      const { path } = await wanted(request as FastifyRequest);
      await existing(path);
      return reply.code(201).send(downloads.make(request as FastifyRequest));
    },
  );
}
