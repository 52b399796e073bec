import { getToken } from '../rpc/session.js';
import { saveAddress } from './save-file.js';

/** Lets the browser fetch a file of a finished job and save it. Throws with what the engine said. */
export function downloadJobFile(jobId: string, name: string): Promise<void> {
  return download(`/jobs/${jobId}/files/${encodeURIComponent(name)}`, name);
}

/** The same of a file of a version of a dataset, by its path in the version's folder. */
export function downloadVersionFile(dataset: string, version: number, name: string): Promise<void> {
  return download(`/datasets/${dataset}/versions/${version}/files/${encodeURIComponent(name)}`, name);
}

/**
 * The browser fetches it, not the page, which would hold the whole file first; by a code for this file that it can use once, since
 * the token goes in a header, never in an address.
 */
async function download(address: string, name: string): Promise<void> {
  const headers = { authorization: `Bearer ${getToken() ?? ''}` };
  const response = await fetch(`${address}/code`, { method: 'POST', headers });
  if (!response.ok) {
    const body = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
    throw new Error(body?.error?.message ?? `The engine answered ${response.status}.`);
  }
  const { code } = (await response.json()) as { code: string };
  saveAddress(name.slice(name.lastIndexOf('/') + 1), `${address}?code=${code}`);
}
