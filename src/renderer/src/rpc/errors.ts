import { TRPCClientError } from '@trpc/client';
import { errorCatalogue } from '../../../shared/errors.js';

/** A failure as the studio shows it. `details` is what the engine sent with it, e.g. the place in a query. */
export interface ShownError {
  code: string;
  message: string;
  next: string;
  details?: unknown;
}

/** Next steps of the catalogue that speak of an answer's fields, in the words of a page. */
const inThePage: Readonly<Record<string, string>> = {
  query_invalid: 'Correct the word that is marked in the query.',
  validation_failed: 'Correct what is named above; an address that was typed or pasted may be cut short.',
};

/** Code, message and next step of whatever was thrown. */
export function describeError(error: unknown): ShownError {
  if (error instanceof TRPCClientError) {
    const sluiceError = (error.data as { sluice?: ShownError | null } | null | undefined)?.sluice;
    if (sluiceError) return { ...sluiceError, next: inThePage[sluiceError.code] ?? sluiceError.next };
    // No answer carries no data: the line broke.
    return {
      code: 'connection_lost',
      message: 'The engine did not answer.',
      next: 'The studio reconnects by itself; check that `sluice serve` still runs.',
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, next: errorCatalogue.internal.next };
}

export function isConnectionError(error: unknown): boolean {
  return describeError(error).code === 'connection_lost';
}

export function isUnauthorized(error: unknown): boolean {
  return describeError(error).code === 'unauthorized';
}

/** Message of each field, by its dotted path, where the engine rejected single fields. */
export function fieldErrors(error: unknown): Record<string, string> {
  const { details } = describeError(error);
  const byPath: Record<string, string> = {};
  if (!Array.isArray(details)) return byPath;
  for (const issue of details as { path?: unknown; message?: unknown }[]) {
    const path = Array.isArray(issue.path) ? issue.path.join('.') : String(issue.path ?? '');
    if (path !== '' && typeof issue.message === 'string') byPath[path] ??= issue.message;
  }
  return byPath;
}
