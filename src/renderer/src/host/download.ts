import { getToken } from '../rpc/session.js';
import { saveFile } from './save-file.js';

/** Fetches a file of a finished job and hands it to the browser. Throws with what the engine said. */
export function downloadJobFile(jobId: string, name: string): Promise<void> {
  return download(`/jobs/${jobId}/files/${encodeURIComponent(name)}`, name);
}

/** The same of a file of a version of a dataset, by its path in the version's folder. */
export function downloadVersionFile(dataset: string, version: number, name: string): Promise<void> {
  return download(`/datasets/${dataset}/versions/${version}/files/${encodeURIComponent(name)}`, name);
}

/** Not a plain link: the token goes in a header, never in an address. */
async function download(address: string, name: string): Promise<void> {
  const response = await fetch(address, { headers: { authorization: `Bearer ${getToken() ?? ''}` } });
  if (!response.ok) {
    const body = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
    throw new Error(body?.error?.message ?? `The engine answered ${response.status}.`);
  }
  saveFile(name.slice(name.lastIndexOf('/') + 1), await response.blob());
}
