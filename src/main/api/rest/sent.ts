import type { FastifyRequest } from 'fastify';

export function howOf({ headers }: Pick<FastifyRequest, 'headers'>): { contentType: string; encoding: string } {
  return {
    contentType: (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    encoding: headers['content-encoding'] ?? '',
  };
}
