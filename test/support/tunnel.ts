import { request } from 'node:http';
import type { Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';

/** What the proxy makes of a CONNECT: the tunnel, or an error that names its answer. */
export function openTunnel(proxy: string, authority: string): Promise<Socket> {
  const { hostname, port } = new URL(proxy);
  return new Promise((resolve, reject) => {
    const headers = { 'user-agent': 'tunnel-client/1' };
    const outgoing = request({ host: hostname, port, method: 'CONNECT', path: authority, headers, agent: false });
    outgoing.on('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket as Socket);
      else reject(new Error(`CONNECT was answered ${response.statusCode}`));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** TLS inside a tunnel; `options.ca` decides whether the proxy's certificate is accepted. */
export async function openTls(proxy: string, authority: string, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = await openTunnel(proxy, authority);
  return new Promise((resolve, reject) => {
    const secure = connect({ socket, servername: authority.split(':')[0], ...options }, () => resolve(secure));
    secure.on('error', (error) => {
      socket.destroy();
      reject(error);
    });
  });
}
