import { request } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { SluiceError } from '../../../shared/errors.js';
import { hostMatcher } from '../intercept-policy.js';

const connectTimeoutMs = 30_000;

/** How upstreams are reached; read anew for every connection, so that settings take effect at once. */
export interface UpstreamOptions {
  /** `http://[user:password@]host:port` or null. */
  upstreamProxy: string | null;
  noProxy: string[];
  insecure: boolean;
  /** Whether this is a listener of ours. */
  isOwn(port: number, address: string): boolean;
}

export interface Endpoint {
  host: string;
  port: number;
  secure: boolean;
}

/** Whether a connection to this address stays on this machine. */
export function isOwnAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '').replace(/%.*$/, '');
  if (/^127\./.test(plain) || plain === '::1' || plain === '0.0.0.0' || plain === '::') return true;
  return Object.values(networkInterfaces()).some((list) => list?.some((each) => each.address === plain));
}

/**
 * Cuts a connection that has come back to a listener of ours before anything is written on it: only its remote address
 * says where a name, a number or a mapped address has led.
 */
export function refuseOwn<T extends Socket>(socket: T, options: UpstreamOptions): T {
  const look = () => {
    if (socket.remotePort !== undefined && options.isOwn(socket.remotePort, socket.remoteAddress ?? ''))
      socket.destroy(new SluiceError('proxy_loop', 'The request leads back to this proxy.'));
  };
  if (socket.connecting) socket.prependOnceListener('connect', look);
  else look();
  return socket;
}

/** The proxy to use for this endpoint, or null for a direct connection. `.suffix` and `*.suffix` both match subdomains. */
export function proxyFor(endpoint: Endpoint, options: Pick<UpstreamOptions, 'upstreamProxy' | 'noProxy'>): URL | null {
  if (options.upstreamProxy === null) return null;
  const host = endpoint.host.toLowerCase();
  const bypass = options.noProxy.some((entry) =>
    hostMatcher(entry.startsWith('.') ? `*${entry}` : entry)(host, endpoint.port),
  );
  return bypass ? null : new URL(options.upstreamProxy);
}

export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** A TCP connection to the endpoint, through the upstream proxy's CONNECT where one is set. */
export async function connectSocket(endpoint: Endpoint, options: UpstreamOptions): Promise<Socket> {
  const proxy = proxyFor(endpoint, options);
  if (proxy) return connectThrough(proxy, endpoint, options);
  const socket = connectTcp({ host: endpoint.host, port: endpoint.port, noDelay: true, keepAlive: true });
  return opened(refuseOwn(socket, options), 'connect');
}

/** A TLS connection; `alpnProtocol` of the result says what was agreed. */
export async function connectSecure(endpoint: Endpoint, options: UpstreamOptions, alpn: string[]): Promise<TLSSocket> {
  const tls = {
    servername: isIP(endpoint.host) ? '' : endpoint.host,
    ALPNProtocols: alpn,
    rejectUnauthorized: !options.insecure,
  };
  const proxy = proxyFor(endpoint, options);
  const socket = proxy
    ? connectTls({ ...tls, host: endpoint.host, socket: await connectThrough(proxy, endpoint, options) })
    : refuseOwn(connectTls({ ...tls, host: endpoint.host, port: endpoint.port }), options);
  socket.setNoDelay(true);
  return opened(socket, 'secureConnect');
}

function opened<T extends Socket>(socket: T, event: 'connect' | 'secureConnect'): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('no connection within 30 s'), { code: 'ETIMEDOUT' }));
    }, connectTimeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    const closed = () => fail(Object.assign(new Error('closed during the handshake'), { code: 'ECONNRESET' }));
    socket.once('error', fail);
    socket.once('close', closed);
    socket.once(event, () => {
      // Cut by who looked before: its error is still to come.
      if (socket.destroyed) return;
      clearTimeout(timer);
      socket.off('error', fail);
      socket.off('close', closed);
      resolve(socket);
    });
  });
}

function connectThrough(proxy: URL, endpoint: Endpoint, options: UpstreamOptions): Promise<Socket> {
  const authority = `${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
  return new Promise((resolve, reject) => {
    const failed = (why: string, cause?: unknown) =>
      reject(
        new SluiceError('upstream_proxy_failed', `The upstream proxy ${proxy.host} ${why}.`, undefined, { cause }),
      );
    const attempt = request({
      host: proxy.hostname,
      port: proxy.port === '' ? 80 : Number(proxy.port),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...proxyAuthorization(proxy) },
      agent: false,
      timeout: connectTimeoutMs,
    });
    attempt.once('socket', (socket) => refuseOwn(socket, options));
    attempt.once('connect', (response, socket, head) => {
      if (response.statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        resolve(socket as Socket);
      } else {
        socket.destroy();
        failed(`answered ${response.statusCode} to CONNECT ${authority}`);
      }
    });
    attempt.once('timeout', () => attempt.destroy(new Error('timeout')));
    attempt.once('error', (error) =>
      error instanceof SluiceError
        ? reject(error)
        : failed(`cannot be reached: ${(error as NodeJS.ErrnoException).code ?? error.message}`, error),
    );
    attempt.end();
  });
}
