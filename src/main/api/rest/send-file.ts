import { createReadStream } from 'node:fs';
import { basename, extname } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { missing } from '../../../shared/errors.js';
import { openRegular } from '../../ground/regular-file.js';
import { actorOf } from '../auth.js';
import type { AuditNotes } from '../operations.js';

const mediaTypes: { [extension: string]: string } = {
  '.jsonl': 'application/jsonl; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.parquet': 'application/vnd.apache.parquet',
};

/** Throws `not_found` for what is no regular file, or a link. */
export async function existing(path: string): Promise<void> {
  const file = await openRegular(path).catch(() => null);
  if (file === null) throw missing('file');
  await file.close();
}

/**
 * Streams a regular file as a download, once the audit log says that it left. `target` and `name` are what the log calls it. Throws
 * `not_found` for what is no regular file, or a link.
 */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { path, target, name, audit }: { path: string; target: string; name: string; audit: AuditNotes },
) {
  const file = await openRegular(path).catch(() => null);
  if (file === null) throw missing('file');
  const { size } = await file.stat();
  await audit.record({ action: 'file_downloaded', actor: actorOf(request.principal), target, details: { file: name } });
  return reply
    .type(mediaTypes[extname(path)] ?? 'application/octet-stream')
    .header('content-length', size)
    .header('content-disposition', `attachment; filename="${basename(path).replace(/[^\w.-]/g, '_')}"`)
    .send(createReadStream('', { fd: file, end: Math.max(0, size - 1) }) as never);
}
