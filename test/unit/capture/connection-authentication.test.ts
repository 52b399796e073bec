import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCapture, type TestCapture } from '../../support/capture.js';

/** Who this server takes a connection for, as NTLM and Negotiate do. */
const users = new WeakMap<Socket, string>();
const challenged = new WeakSet<Socket>();
const closed = new Map<string, PromiseWithResolvers<void>>();
const server = createServer((incoming, response) => {
  const { socket } = incoming;
  const [scheme, token] = (incoming.headers.authorization ?? '').split(' ');
  const refuse = (challenge: string) => response.writeHead(401, { 'www-authenticate': challenge }).end('who?');
  if (token === 'hello') {
    challenged.add(socket);
    refuse(`${scheme} challenge`);
    return;
  }
  if (token !== undefined && (scheme === 'Negotiate' || challenged.has(socket))) {
    users.set(socket, token);
    socket.once('close', () => closed.get(token)?.resolve());
  }
  const user = users.get(socket);
  if (user === undefined) refuse('NTLM');
  else response.end(user);
});
let t: TestCapture;
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  t = await startTestCapture();
});
afterAll(async () => {
  await t.stop();
  server.closeAllConnections();
  server.close();
});

/** A client with one connection to the proxy. */
function client() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    async get(authorization?: string): Promise<[status: number, body: string]> {
      const outgoing = request({
        host: '127.0.0.1',
        port: t.port,
        path: url,
        agent,
        headers: { host: 'x', ...(authorization === undefined ? {} : { authorization }) },
      }).end();
      const [incoming] = await once(outgoing, 'response');
      return [incoming.statusCode, await text(incoming)];
    },
    end: () => agent.destroy(),
  };
}

describe('a connection that was authenticated', () => {
  it.each(['NTLM', 'Negotiate'])('by %s is its client’s alone, and closed with the client’s', async (scheme) => {
    const user = `user-of-${scheme}`;
    closed.set(user, Promise.withResolvers());
    const [one, other] = [client(), client()];
    // The pool has connections that both could be given.
    await Promise.all([one.get(), other.get()]);
    if (scheme === 'NTLM') {
      expect(await one.get('NTLM hello')).toEqual([401, 'who?']);
      expect(await other.get()).toEqual([401, 'who?']);
    }
    expect(await one.get(`${scheme} ${user}`)).toEqual([200, user]);
    for (let i = 0; i < 5; i++) {
      expect(await other.get()).toEqual([401, 'who?']);
      expect(await one.get()).toEqual([200, user]);
    }
    one.end();
    await closed.get(user)?.promise;
    for (let i = 0; i < 3; i++) expect(await other.get()).toEqual([401, 'who?']);
    other.end();
  });
});
