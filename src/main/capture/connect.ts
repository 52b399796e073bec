import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import {
  createSecureContext,
  createServer as createTlsServer,
  type TLSSocket,
  type Server as TlsServer,
} from 'node:tls';
import { SluiceError } from '../../shared/errors.js';
import type { LeafCertificate } from './ca.js';
import { errorBody, namedBy, type SessionName } from './forward.js';
import { pairs } from './headers.js';
import type { InterceptPolicy } from './intercept-policy.js';
import { type Listener, requestsOn } from './listener.js';
import { ExchangeRecorder, errorRecord, type RecorderContext } from './recorder.js';
import { type RefusalEvent, refusalReason } from './refusals.js';
import { formatAuthority, parseAuthority } from './target.js';
import { connectSocket, type UpstreamOptions } from './upstream/connect.js';
import { upstreamError } from './upstream/errors.js';

const handshakeMs = 30_000;
const maxHosts = 500;

export interface ConnectOptions {
  policy(): InterceptPolicy;
  leaf(host: string): Promise<LeafCertificate>;
  upstreamOptions(): UpstreamOptions;
  recorder: RecorderContext;
  clientName(headers: [string, string][]): string;
  onRefusal(event: RefusalEvent): void;
}

/** Answers CONNECT: opens the TLS of hosts that the policy names, and passes everything else through untouched. */
export function connectHandler(options: ConnectOptions) {
  const servers = new Map<string, Promise<TlsServer>>();
  const { counters } = options.recorder;

  return (request: IncomingMessage, socket: Socket, head: Buffer, listener: Listener, run: SessionName): void => {
    const { host, port } = parseAuthority(request.url as string, 443) as { host: string; port: number };
    const client = options.clientName(pairs(request.rawHeaders));
    if (head.length > 0) socket.unshift(head);
    if (options.policy()(host, port) === 'intercept') intercept();
    else void tunnel(true);

    function intercept(): void {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      firstBytes(socket, handshakeMs, (first) => {
        if (first[0] === 0x16) void decrypt();
        else if (looksLikeHttp(first)) listener.serve(socket, 'http1', { host, port, secure: false });
        else void tunnel(false);
      });
    }

    async function decrypt(): Promise<void> {
      // While the certificate is made, what the client says waits in the socket.
      socket.pause();
      let server: TlsServer;
      try {
        server = await serverFor(host);
      } catch {
        // A host name that no certificate can carry.
        socket.destroy();
        return;
      }
      if (socket.destroyed) return;
      pending.set(socket, {
        done: (secure) =>
          listener.serve(secure, secure.alpnProtocol === 'h2' ? 'h2' : 'http1', { host, port, secure: true }),
        failed: (error) => {
          const reason = refusalReason(error);
          if (reason === null) return;
          recordRefusal(reason);
          options.onRefusal({ host, port, client, reason });
        },
      });
      socket.setTimeout(handshakeMs, () => socket.destroy());
      // The TLS layer takes this over from the socket; a client that leaves in the handshake would never be noticed.
      socket.allowHalfOpen = false;
      server.emit('connection', socket);
    }

    /** `answer`: the CONNECT still waits for its answer. */
    async function tunnel(answer: boolean): Promise<void> {
      let upstream: Socket;
      socket.on('error', () => {});
      try {
        upstream = await connectSocket({ host, port, secure: false }, options.upstreamOptions());
      } catch (error) {
        const failure = upstreamError(error, formatAuthority(host, port, true));
        recordFailure(failure);
        if (answer) {
          const body = errorBody(failure);
          socket.end(
            `HTTP/1.1 502 Bad Gateway\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nX-Sluice-Error: ${failure.code}\r\nConnection: close\r\n\r\n${body.toString()}`,
          );
        } else socket.destroy();
        return;
      }
      if (socket.destroyed) {
        upstream.destroy();
        return;
      }
      if (!answer) {
        passThrough(upstream);
        return;
      }
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      // Plain HTTP inside CONNECT (some clients tunnel everything) is recorded like any plain HTTP. The server may
      // speak first, so both directions are open while we wait for the client's first bytes.
      upstream.pipe(socket);
      upstream.once('error', () => socket.destroy());
      firstBytes(socket, 0, (first) => {
        upstream.unpipe(socket);
        if (looksLikeHttp(first)) {
          upstream.on('error', () => {}).destroy();
          listener.serve(socket, 'http1', { host, port, secure: false });
        } else passThrough(upstream);
      });
      socket.once('close', () => upstream.destroy());
    }

    function passThrough(upstream: Socket): void {
      counters.add('tunnelled');
      counters.add('tunnels_open');
      let open = true;
      const close = () => {
        if (open) counters.add('tunnels_open', -1);
        open = false;
        // What one side said last may still be on its way to the other.
        socket.destroySoon();
        upstream.destroySoon();
      };
      upstream.on('error', close).on('close', close);
      socket.on('error', close).on('close', close);
      // A client that only closes its sending side still wants what comes back; the listener takes it for one that left.
      socket.removeAllListeners('end');
      socket.pipe(upstream);
      upstream.pipe(socket);
    }

    function recorder(): ExchangeRecorder {
      return new ExchangeRecorder(options.recorder, {
        kind: 'connect',
        method: 'CONNECT',
        target: {
          url: `https://${formatAuthority(host, port, true)}`,
          host,
          port,
          secure: true,
          path: '',
          via: 'intercept',
        },
        client: {
          address: socket.remoteAddress ?? '',
          port: socket.remotePort ?? 0,
          connection: 0,
          protocol: 'http/1.1',
        },
        httpVersion: request.httpVersion,
        headers: pairs(request.rawHeaders),
        ...namedBy(run),
      });
    }

    function recordRefusal(reason: string): void {
      recorder().finish(
        'failed',
        errorRecord(
          new SluiceError(
            'client_refused_certificate',
            `${client} does not accept the certificate for ${host}: ${reason}.`,
          ),
        ),
      );
    }

    function recordFailure(error: SluiceError): void {
      recorder().finish('failed', errorRecord(error));
    }
  };

  /** One TLS server per CONNECT host; a client that names another host by SNI gets a certificate for that one. */
  function serverFor(host: string): Promise<TlsServer> {
    const cached = servers.get(host);
    if (cached) return cached;
    if (servers.size >= maxHosts) servers.delete(servers.keys().next().value as string);
    const made = makeServer(host, options.leaf);
    servers.set(host, made);
    // Leaves are renewed with their server.
    setTimeout(() => servers.delete(host), 20 * 24 * 3600 * 1000).unref();
    made.catch(() => servers.delete(host));
    return made;
  }
}

const pending = new WeakMap<Socket, { done(secure: TLSSocket): void; failed(error: Error): void }>();

async function makeServer(host: string, leaf: (host: string) => Promise<LeafCertificate>): Promise<TlsServer> {
  const { cert, key } = await leaf(host);
  const server = createTlsServer({
    cert,
    key,
    ALPNProtocols: ['h2', 'http/1.1'],
    minVersion: 'TLSv1.2',
    handshakeTimeout: handshakeMs,
    SNICallback: (name, callback) => {
      if (name === host) {
        callback(null);
        return;
      }
      leaf(name).then(
        (other) => callback(null, createSecureContext({ cert: other.cert, key: other.key })),
        (error) => callback(error),
      );
    },
  });
  const settle = (secure: TLSSocket) => {
    const socket = (secure as TLSSocket & { _parent?: Socket })._parent;
    socket?.setTimeout(0);
    const waiting = socket && pending.get(socket);
    if (socket) pending.delete(socket);
    return waiting;
  };
  server.on('secureConnection', (secure) => {
    const waiting = settle(secure);
    if (!waiting) {
      secure.destroy();
      return;
    }
    // With TLS 1.3 a client's alert can arrive when our side has finished the handshake. One that only leaves has not
    // refused anything: clients open connections that they then do not need.
    secure.once('error', (error) => {
      if (requestsOn(secure) === 0) waiting.failed(error);
    });
    waiting.done(secure);
  });
  server.on('tlsClientError', (error, secure) => settle(secure)?.failed(error));
  return server;
}

/** Looks at the client's first bytes and puts them back. */
function firstBytes(socket: Socket, timeoutMs: number, callback: (first: Buffer) => void): void {
  const onError = () => socket.destroy();
  socket.once('error', onError);
  if (timeoutMs > 0) socket.setTimeout(timeoutMs, () => socket.destroy());
  const onReadable = () => {
    const first = socket.read() as Buffer | null;
    if (first === null) return;
    socket.off('readable', onReadable);
    socket.off('error', onError);
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    socket.unshift(first);
    callback(first);
  };
  socket.on('readable', onReadable);
}

/** An HTTP/1 request line; other protocols open with a word in capitals too (EHLO, USER, NICK, HTTP/2's own preface). */
function looksLikeHttp(first: Buffer): boolean {
  return /^[A-Z]{3,16} (\/|https?:\/\/|\* HTTP\/1)/.test(first.toString('latin1', 0, 64));
}
