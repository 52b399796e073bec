import { SluiceError } from '../../shared/errors.js';
import { type ErrorRecord, type Json, jsonSchema } from '../../shared/model/index.js';

/** A failure as it is kept in the job: code, message, and in `details` the next step beside what else is known. */
export function errorRecord(error: unknown): ErrorRecord {
  const sluiceError =
    error instanceof SluiceError
      ? error
      : new SluiceError('job_failed', error instanceof Error ? error.message : String(error));
  return {
    code: sluiceError.code,
    message: sluiceError.message,
    details: { ...detailsOf(sluiceError.details), next: sluiceError.next },
  };
}

function detailsOf(details: unknown): { [key: string]: Json } {
  const parsed = jsonSchema.safeParse(details);
  if (!parsed.success || parsed.data === null) return {};
  const value = parsed.data;
  return typeof value === 'object' && !Array.isArray(value) ? value : { details: value };
}
