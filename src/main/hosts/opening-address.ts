/**
 * The studio's address for a browser that is opened for the user: with a code in place of the token, because other users
 * of the machine can read the arguments of a program. Throws where the engine does not answer.
 */
export async function openingAddress({ api, token }: { api: string; token: string }): Promise<string> {
  const answer = await fetch(`${api}/session-codes`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`The engine answered ${answer.status}.`);
  const { code } = (await answer.json()) as { code: string };
  return `${api}/#code=${encodeURIComponent(code)}`;
}
