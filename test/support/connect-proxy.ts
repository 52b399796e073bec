import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ConnectProxy {
  url: string;
  port: number;
  /** Authorities that were asked for, each with the credentials that came along. */
  asked: { authority: string; credentials: string | null }[];
  /** What is answered to CONNECT in place of a tunnel; null: the tunnel. */
  refuse: number | null;
  close(): Promise<void>;
}

/** A proxy as companies have it: CONNECT, and nothing else. */
export async function startConnectProxy(): Promise<ConnectProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (incoming, socket: Socket, head) => {
    const credentials = /^Basic (.+)$/.exec(incoming.headers['proxy-authorization'] ?? '')?.[1];
    const authority = incoming.url ?? '';
    proxy.asked.push({
      authority,
      credentials: credentials === undefined ? null : Buffer.from(credentials, 'base64').toString(),
    });
    if (proxy.refuse !== null) {
      socket.end(`HTTP/1.1 ${proxy.refuse} No\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${authority}`);
    const outgoing = connect(Number(port), hostname.replace(/^\[|\]$/g, ''), () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      outgoing.write(head);
      outgoing.pipe(socket).pipe(outgoing);
    });
    sockets.add(outgoing);
    for (const each of [socket, outgoing]) each.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const proxy: ConnectProxy = {
    url: `http://user:open%20sesame@127.0.0.1:${port}`,
    port,
    asked: [],
    refuse: null,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return proxy;
}
