import { lookup as lookUp } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

/** Whether something of this engine listens there. `address`: an IP address. */
export type IsOwn = (address: string, port: number) => boolean;

/** Why something was not delivered, in words of ours: nothing that the other side sent. */
export class NotDelivered extends Error {}

const ownPort = 'it is a port of this engine, which is never called';

/**
 * Sends a body once, past all proxies, and resolves when the other side has taken it (2xx). A redirect is not followed. Nothing
 * of the answer but its status is read. @throws NotDelivered
 */
export async function postOnce(
  address: string,
  headers: { [name: string]: string },
  body: string,
  { isOwn, timeoutMs, signal }: { isOwn: IsOwn; timeoutMs: number; signal: AbortSignal },
): Promise<void> {
  const url = new URL(address);
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A literal address is never looked up.
  if (isIP(host) !== 0 && isOwn(host, port)) throw new NotDelivered(ownPort);
  const late = AbortSignal.timeout(timeoutMs);
  const answered = Promise.withResolvers<number>();
  const request = (secure ? httpsRequest : httpRequest)(url, {
    method: 'POST',
    // Of its own: the usual one may go by a proxy of the environment, this engine's too.
    agent: false,
    lookup: lookupBut((ip) => isOwn(ip, port)),
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    signal: AbortSignal.any([signal, late]),
  });
  request.once('response', (response) => answered.resolve(response.statusCode ?? 0));
  request.once('error', answered.reject);
  request.end(body);
  let status: number;
  try {
    status = await answered.promise;
  } catch (error) {
    if (error instanceof NotDelivered) throw error;
    signal.throwIfAborted();
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).name;
    throw new NotDelivered(late.aborted ? `no answer within ${timeoutMs / 1000} s` : `no connection (${code})`);
  } finally {
    // What else it may want to say is not heard.
    request.on('error', () => {}).destroy();
  }
  if (status >= 300 && status < 400) throw new NotDelivered(`it answered ${status}; redirects are not followed`);
  if (status < 200 || status >= 300) throw new NotDelivered(`it answered ${status}`);
}

/** Looks a name up as usual, but to no address that is refused: a name may lead anywhere, and elsewhere the next time. */
function lookupBut(refused: (address: string) => boolean): LookupFunction {
  return (name, options, done) =>
    lookUp(name, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, []);
      if (found.some(({ address }) => refused(address))) return done(new NotDelivered(ownPort), []);
      if (options.all === true) return done(null, found);
      const [first] = found;
      return first === undefined ? done(new NotDelivered('no address'), '') : done(null, first.address, first.family);
    });
}
