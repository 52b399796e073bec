import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { SluiceError } from '../../../shared/errors.js';
import type { WrongTokens } from '../../ground/floods.js';
import type { Access, RequestGuard } from '../auth.js';
import { errorAnswer } from '../error-answers.js';
import { type ApiLogger, describeError } from '../logger.js';
import type { Operations } from '../operations.js';
import type { WriteLimit } from '../rate-limit.js';
import { type RequestLog, refusalReason } from '../request-log.js';
import type { Revocations } from '../revocations.js';
import { encoder } from './encoder.js';
import type { Ticks } from './procedures.js';
import { router } from './router.js';

/** No procedure takes more; most take far less, see `encoder`. */
const maxMessageBytes = 1024 * 1024;
/** How long a socket may take to say who it is, and how long a refused one is kept to hear why. */
const helloMillis = 5000;
const refusedMillis = 1000;
/** How long one that is told to go is waited for. */
const hangUpMillis = 200;
/** Sockets that have not said who they are, of all and of one address: beyond it the oldest of them goes. */
const maxStrangers = 64;
const maxStrangersOfOne = 32;
/** WebSocket close code for a wrong token: reconnecting with the same one is of no use. */
const unauthorizedCode = 4401;
const unnamed = { via: 'rpc', route: null } as const;

/** tRPC over WebSocket at /rpc, for the studio. The token comes in the connection parameters, before any procedure. */
export function attachRpc(options: {
  server: Server;
  operations: Operations;
  services: { access: Access; ticks: Ticks };
  guard: RequestGuard;
  logger: ApiLogger;
  requests: RequestLog;
  writes: WriteLimit;
  wrongTokens: WrongTokens;
  revocations: Revocations;
}): { close(graceMs: number): Promise<void> } {
  const { server, operations, services, guard, logger, requests, writes, wrongTokens, revocations } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false });
  /** Each with its address, oldest first. */
  const strangers = new Map<WebSocket, string>();
  let closing = false;

  const handler = applyWSSHandler({
    wss: sockets,
    router,
    experimental_encoder: encoder,
    keepAlive: { enabled: true, pingMs: 20_000, pongWaitMs: 20_000 },
    async createContext({ info, req, res: socket }) {
      const presented = info.connectionParams?.token;
      const principal = () => services.access.verify(presented);
      strangers.delete(socket);
      // Its requests are answered with what is wrong, so that the studio can say it.
      if (principal() === null) {
        requests.refused({ ...unnamed, principal: null }, 'token');
        await wrongTokens.slow(req.socket.remoteAddress);
        setTimeout(() => hangUp(socket), refusedMillis).unref();
      } else {
        const unwatch = revocations.watch(
          () => principal() !== null,
          () => hangUp(socket),
        );
        socket.once('close', unwatch);
      }
      return { operations, ticks: services.ticks, principal, requests, writes };
    },
    onError({ error, path, ctx }) {
      // The name of a procedure that is not there is the sender's own words.
      if (error.code === 'NOT_FOUND' && !(error.cause instanceof SluiceError)) {
        requests.refused({ ...unnamed, principal: ctx?.principal() ?? null }, 'command');
      }
      if (error.code !== 'INTERNAL_SERVER_ERROR' || error.cause instanceof SluiceError) return;
      logger.error({ procedure: path, err: describeError(error.cause ?? error) }, 'RPC failed');
    },
  });

  /** A silent socket must not keep out one that speaks, which does so at once. */
  function makeRoom(address: string): void {
    const ofOne = [...strangers].filter(([, from]) => from === address);
    const oldest =
      ofOne.length >= maxStrangersOfOne
        ? ofOne[0]?.[0]
        : strangers.size >= maxStrangers
          ? strangers.keys().next().value
          : undefined;
    if (oldest === undefined) return;
    strangers.delete(oldest);
    oldest.terminate();
  }

  sockets.on('connection', (socket, request: IncomingMessage) => {
    const address = request.socket.remoteAddress ?? '';
    makeRoom(address);
    strangers.set(socket, address);
    const timer = setTimeout(() => {
      if (strangers.has(socket)) hangUp(socket);
    }, helloMillis);
    socket.on('close', () => {
      clearTimeout(timer);
      strangers.delete(socket);
    });
  });

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      if ((request.url ?? '').split('?', 1)[0] !== '/rpc') {
        throw new SluiceError('not_found', 'There is no WebSocket at this address.');
      }
      guard.check(request, true);
      if (closing) throw new SluiceError('shutting_down', 'The engine is stopping.');
    } catch (error) {
      const sluiceError = error instanceof SluiceError ? error : new SluiceError('internal', 'Something went wrong.');
      const reason = sluiceError.code === 'not_found' ? 'path' : refusalReason(sluiceError.code);
      if (reason !== null) requests.refused({ ...unnamed, principal: null }, reason);
      refuse(socket, sluiceError);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      sendText(client);
      sockets.emit('connection', client, request);
    });
  }
  server.on('upgrade', onUpgrade);

  return {
    async close(graceMs) {
      closing = true;
      handler.broadcastReconnectNotification();
      for (const socket of sockets.clients) socket.close(1001, 'the engine is stopping');
      const patience = setTimeout(
        () => {
          for (const socket of sockets.clients) socket.terminate();
        },
        Math.min(graceMs, 1000),
      );
      await Promise.all(
        [...sockets.clients].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))),
      );
      clearTimeout(patience);
      sockets.close();
    },
  };
}

/** Says why, and does not wait for one that will not hear it. */
function hangUp(socket: WebSocket): void {
  socket.close(unauthorizedCode, 'unauthorized');
  setTimeout(() => socket.terminate(), hangUpMillis).unref();
}

/** Messages that are bytes already are text too. */
function sendText(client: WebSocket): void {
  const send = client.send.bind(client);
  client.send = (data: string | Uint8Array) => send(data, { binary: false });
}

function refuse(socket: Duplex, error: SluiceError): void {
  const body = JSON.stringify(errorAnswer(error));
  socket.end(
    `HTTP/1.1 ${error.status} Refused\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
