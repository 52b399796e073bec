import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../../../shared/errors.js';

const theHub = 'https://huggingface.co';

/**
 * The Hub's token, from where its own tools have it: HF_TOKEN, else the file that HF_TOKEN_PATH names or that a login wrote.
 * @param file one that was named in their place
 * @throws SluiceError `hub_token_missing`
 */
export function hubToken(env: NodeJS.ProcessEnv, file: string | null): string {
  const home = env.HF_HOME ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface');
  const path = file ?? env.HF_TOKEN_PATH ?? join(home, 'token');
  const token = (file === null && env.HF_TOKEN ? env.HF_TOKEN : readToken(path)).trim();
  // As the Hub's client would say, without the token in what it says.
  if (!/^hf_[\w.-]{1,500}$/.test(token))
    throw new SluiceError(
      'hub_token_missing',
      token === '' ? 'There is no token for the Hub.' : 'That is no token of the Hub: they begin with hf_.',
    );
  return token;
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Where the Hub is: as it is asked for, else HF_ENDPOINT, else the public one. Throws `usage`. */
export function hubEndpoint(asked: string | undefined, env: NodeJS.ProcessEnv): string {
  const endpoint = asked ?? (env.HF_ENDPOINT || theHub);
  if (hidesTokens(endpoint)) return endpoint.replace(/\/+$/, '');
  const which = asked === undefined ? 'HF_ENDPOINT' : '--endpoint';
  throw new SluiceError(
    'usage',
    `${which}: not an https address without user, password or query (http on this machine alone).`,
  );
}

/** Whether an address may be given the token: nobody on the way may read it. */
function hidesTokens(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  const plain = `${username}${password}${search}${hash}` === '';
  return plain && (protocol === 'https:' || (protocol === 'http:' && loopback));
}
