import { type Job, jobSchema } from '../../../../shared/model/index.js';
import { getToken } from '../../rpc/session.js';

/**
 * Sends a file to the engine, which reads it as it comes and keeps no copy. Resolves with the job when everything in it
 * is stored; rejects with what the engine said.
 */
export async function uploadFile(file: File, signal: AbortSignal): Promise<Job> {
  const response = await fetch(`/import?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${getToken() ?? ''}`, 'content-type': 'application/octet-stream' },
    body: file,
    signal,
  });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const message = (body as { error?: { message?: string } } | null)?.error?.message;
    throw new Error(message ?? `The engine answered ${response.status}.`);
  }
  return jobSchema.parse(body);
}
