import type { FastifyRequest } from 'fastify';

/** The body of a route with `sent`, as it came. */
export function bytesOf({ body }: Pick<FastifyRequest, 'body'>): Uint8Array {
  if (!(body instanceof Uint8Array)) throw new TypeError('The route did not say that its body is sent.');
  return body;
}

export function howOf({ headers }: Pick<FastifyRequest, 'headers'>): { contentType: string; encoding: string } {
  return {
    contentType: (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    encoding: headers['content-encoding'] ?? '',
  };
}
