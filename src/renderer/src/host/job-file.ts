import { getToken } from '../rpc/session.js';
import { saveFile } from './save-file.js';

/**
 * Fetches a file of a finished job and hands it to the browser. Not a plain link: the token goes in a header, never
 * in an address. Throws with what the engine said.
 */
export async function downloadJobFile(jobId: string, name: string): Promise<void> {
  const response = await fetch(`/jobs/${jobId}/files/${encodeURIComponent(name)}`, {
    headers: { authorization: `Bearer ${getToken() ?? ''}` },
  });
  if (!response.ok) {
    const body = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
    throw new Error(body?.error?.message ?? `The engine answered ${response.status}.`);
  }
  saveFile(name, await response.blob());
}
