import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { makeCertificates } from '../../support/certificates.js';
import { serveJobs } from './child.js';

/**
 * The least that intercepts: CONNECT, a certificate, Node's own parser on both sides, kept-alive connections.
 * It keeps nothing; what it reaches is what Node can do.
 */

export interface ProxyInfo {
  port: number;
  ca: string;
}

serveJobs<{ host: string }, ProxyInfo>(async ({ host }) => {
  const certificates = await makeCertificates([host]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1000, scheduling: 'lifo' });
  const tlsServers = new Map<string, TlsServer>();

  function forward(request: IncomingMessage, response: ServerResponse): void {
    const { host: name, port } = authorities.get(request.socket) as { host: string; port: number };
    const outgoing = httpsRequest(
      { host: name, port, method: request.method, path: request.url, headers: request.rawHeaders, agent },
      (incoming) => {
        response.writeHead(incoming.statusCode as number, incoming.rawHeaders);
        incoming.pipe(response);
      },
    );
    outgoing.on('error', () => response.destroy());
    request.pipe(outgoing);
  }

  const authorities = new WeakMap<Socket, { host: string; port: number }>();
  const inner = createServer(forward);
  const outer = createServer();
  outer.on('connect', (request: IncomingMessage, socket: Socket) => {
    const authority = request.url ?? '';
    const [name = '', port = '443'] = authority.split(':');
    let server = tlsServers.get(authority);
    if (!server) {
      server = createTlsServer({ key: certificates.key, cert: certificates.cert, ALPNProtocols: ['http/1.1'] });
      server.on('secureConnection', (secure) => {
        authorities.set(secure, { host: name, port: Number(port) });
        inner.emit('connection', secure);
      });
      tlsServers.set(authority, server);
    }
    socket.on('error', () => {});
    socket.setNoDelay(true);
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    server.emit('connection', socket);
  });
  outer.listen(0, '127.0.0.1');
  await once(outer, 'listening');
  return { port: (outer.address() as AddressInfo).port, ca: certificates.ca };
});
