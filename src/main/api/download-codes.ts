import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { bearerToken } from './auth.js';
import { codeMillis, createOneTimeCodes } from './one-time-codes.js';

/** What answers who asks for a code. */
export const downloadCodeSchema = z.object({ code: z.string(), expires_in_s: z.int() });

const ending = '/code';

/**
 * Codes with which a browser fetches one file by itself, once: it writes to disk what comes, where a page would hold all of it, and
 * the token stands in no address. A code is asked for at the file's own address with `/code` behind it.
 */
export interface DownloadCodes {
  make(request: FastifyRequest): z.infer<typeof downloadCodeSchema>;
  /** The token of whoever asked for the code of this very address (`?code=…`); null for none. The code is used up. */
  tokenOf(request: FastifyRequest): string | null;
}

export function createDownloadCodes(): DownloadCodes {
  const codes = createOneTimeCodes<{ token: string; address: string }>();
  return {
    make(request) {
      const token = bearerToken(request.headers.authorization) as string;
      const address = request.url.slice(0, -ending.length);
      return { code: codes.make({ token, address }), expires_in_s: codeMillis / 1000 };
    },
    tokenOf(request) {
      const [, address, code] = /^([^?]+)\?code=([\w-]{1,100})$/.exec(request.url) ?? [];
      if (request.method !== 'GET' || code === undefined) return null;
      const issued = codes.take(code);
      return issued === null || issued.address !== address ? null : issued.token;
    },
  };
}
