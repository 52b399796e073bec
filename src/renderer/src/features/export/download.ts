import { getToken } from '../../rpc/session.js';

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
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun with the click; the blob must not stay for as long as the page.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
