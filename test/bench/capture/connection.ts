import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

/** Where a load goes: straight to the model, or through a proxy's CONNECT. */
export interface Route {
  host: string;
  port: number;
  /** Port of the proxy on 127.0.0.1. */
  proxyPort: number | null;
  /** What the client trusts: the model's CA, or the proxy's. */
  ca: string;
}

/** An open TLS connection to the model. */
export async function openConnection(route: Route): Promise<TLSSocket> {
  const port = route.proxyPort ?? route.port;
  const socket = connectTcp({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  if (route.proxyPort !== null) await establish(socket, `${route.host}:${route.port}`);
  const secure = connectTls({ socket, servername: route.host, ca: route.ca, ALPNProtocols: ['http/1.1'] });
  await once(secure, 'secureConnect');
  return secure;
}

async function establish(socket: Socket, authority: string): Promise<void> {
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\nuser-agent: bench/1.0\r\n\r\n`);
  let answer = '';
  while (!answer.includes('\r\n\r\n')) answer += ((await once(socket, 'data')) as [Buffer])[0].toString('latin1');
  if (!/^HTTP\/1\.[01] 200/.test(answer)) throw new Error(`CONNECT was answered ${answer.slice(0, 100)}`);
  socket.removeAllListeners('data');
}
