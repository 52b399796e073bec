import { type ErrorCode, SluiceError } from '../../shared/errors.js';

interface EngineFailure {
  statusCode?: number;
  code?: string;
  message: string;
  json?: { message?: string; cause?: string };
}

/** The engine's own words, without what the client wraps around them. */
export function wordsOf(error: unknown): string {
  const { json, message } = error as EngineFailure;
  return (json?.message ?? message).trim();
}

export const statusOf = (error: unknown): number | undefined => (error as EngineFailure).statusCode;

/** There is nothing (any more) where something was to be removed, or it is being removed. */
export const isGone = (error: unknown): boolean =>
  statusOf(error) === 404 || (statusOf(error) === 409 && /already in progress/.test(wordsOf(error)));

/** What the engine answered as an error of ours; `code` where nothing in it says more. */
export function engineError(error: unknown, doing: string, code: ErrorCode = 'sandbox_engine_failed'): SluiceError {
  if (error instanceof SluiceError) return error;
  const words = wordsOf(error);
  const known: ErrorCode = /no space left on device/i.test(words)
    ? 'sandbox_disk_full'
    : ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE'].includes((error as EngineFailure).code ?? '')
      ? 'sandbox_unavailable'
      : code;
  return new SluiceError(known, `${doing}: ${words}`, undefined, { cause: error });
}
