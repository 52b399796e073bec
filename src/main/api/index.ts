import type { Socket } from 'node:net';
import Fastify, { type ConnectionError, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Domains } from '../../shared/contract/index.js';
import type { Principal } from '../../shared/contract/operation.js';
import { SluiceError } from '../../shared/errors.js';
import type { AuditActor, TokenScope } from '../../shared/model/index.js';
import { createWrongTokens } from '../ground/floods.js';
import { allows, bearerToken, checkScope, createRequestGuard } from './auth.js';
import { installBodyParsers } from './body-parsers.js';
import { createDownloadCodes } from './download-codes.js';
import { errorAnswer, installErrorAnswers } from './error-answers.js';
import { maxBodyBytes } from './limits.js';
import { type ApiLogger, describeError } from './logger.js';
import { createDocsAccess, installOpenApi } from './openapi.js';
import type { Operations } from './operations.js';
import { createWriteLimit, installRateLimit } from './rate-limit.js';
import { createRequestLog, type RefusalReason, type RequestLog, traceIdOf } from './request-log.js';
import { type RestServices, restRoutes } from './rest/index.js';
import { createRevocations } from './revocations.js';
import type { Ticks } from './rpc/procedures.js';
import { attachRpc } from './rpc/server.js';
import { securityHeaders } from './security-headers.js';
import { installSentBodies } from './sent-bodies.js';
import { installStaticUi } from './static-ui.js';

export { allows, checkScope } from './auth.js';
export { bindOperations, type Operations } from './operations.js';
export type { Finals } from './rest/finals.js';
export type { Intake } from './rest/sent.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `public`: no token; `docs`: any token or the documentation's cookie; else the scope that a token must have. */
    access?: 'public' | 'docs' | TokenScope;
    /** A code that stands for a token may stand in the address (`?code=…`), once. */
    byCode?: true;
    /** The body is a program's data: it stays bytes here and may be as large as any. */
    sent?: true;
  }
  interface FastifyRequest {
    /** Whose token came with it; null where none was asked for. */
    principal: Principal | null;
    /** What it was refused for before anything was done; null where it was taken. */
    refusal: RefusalReason | null;
  }
}

/** What the API needs beside the operations: to know who asks, and what is sent and fetched in other ways than a JSON call. */
export interface Besides extends RestServices {
  ticks: Ticks;
}

/** Everything the API gets; the engine's parts give it. */
export type Services = Domains & Besides;

export interface ApiOptions {
  operations: Operations;
  services: Besides;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Folder of the built studio. */
  uiDir: string;
  logger?: ApiLogger;
  /** Further `name` or `name:port` under which the API is reached: a reverse proxy, a development server. */
  allowedHosts?: readonly string[];
}

export interface RunningApi {
  /** As a client on this machine reaches it, without a slash at the end. */
  url: string;
  port: number;
  /** Takes nothing new, lets open answers finish for `graceMs`, then ends them. */
  close(graceMs?: number): Promise<void>;
}

/** Starts REST, RPC and the studio's pages on one port. Throws `port_in_use`. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { operations, services, host } = options;
  const logger: ApiLogger = options.logger ?? { info() {}, warn() {}, error() {} };
  const requests = createRequestLog(logger);
  const app = Fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    routerOptions: { maxParamLength: 400 },
    clientErrorHandler,
    frameworkErrors: (_error, request, reply: FastifyReply) => {
      requests.refused({ via: 'rest', route: null, principal: null }, 'path');
      const problem = new SluiceError('request_invalid', 'The address is malformed.');
      reply.headers(securityHeaders(request.raw)).code(problem.status).send(errorAnswer(problem));
    },
  }).withTypeProvider<ZodTypeProvider>();

  let port = options.port;
  const guard = createRequestGuard({ host, port: () => port, allowedHosts: options.allowedHosts ?? [] });
  const writes = createWriteLimit(services.access.writesPerMinute);
  const wrongTokens = createWrongTokens(() => {
    const actor: AuditActor = { kind: 'engine', token_id: null };
    return services.audit
      .count({ action: 'credentials_refused', actor, details: { door: 'api' } })
      .catch((error) => logger.error({ err: describeError(error) }, 'audit_failed'));
  });
  const revocations = createRevocations();
  const downloads = createDownloadCodes();
  const docsAccess = createDocsAccess((token) => services.access.verify(token) !== null);

  // Answers come from our own code and are typed; checking each again would only cost time.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  installBodyParsers(app);
  installSentBodies(app);
  app.decorateRequest('principal', null);
  app.decorateRequest('refusal', null);
  app.addHook('onResponse', async (request, reply) => logRequest(requests, request, reply));

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders(request.raw));
    guard.check(request.raw, request.method !== 'GET' && request.method !== 'HEAD');
    if (/^[^?]*%00/.test(request.url)) {
      request.refusal = 'path';
      throw new SluiceError('not_found', 'No address holds a zero byte.');
    }
    const { access, byCode } = request.routeOptions.config;
    if (access === 'public') return;
    if (access === 'docs') {
      const decision = docsAccess(request, reply);
      if (decision === 'answered') return reply;
      if (decision === 'granted') return;
    } else {
      const token = bearerToken(request.headers.authorization) ?? (byCode ? downloads.tokenOf(request) : null);
      // A route that forgot to say what it asks for is open to nobody but the studio.
      const scope = access ?? 'admin';
      request.principal = services.access.verify(token);
      if (request.principal !== null) {
        checkScope(request.principal, scope);
        const opens = () => {
          const principal = services.access.verify(token);
          return principal !== null && allows(principal, scope);
        };
        reply.raw.once(
          'close',
          revocations.watch(opens, () => request.raw.destroy()),
        );
        return;
      }
    }
    if (request.headers.authorization !== undefined || request.url.includes('?code='))
      await wrongTokens.slow(request.socket.remoteAddress);
    throw new SluiceError('unauthorized', 'The token is missing or wrong.');
  });

  installErrorAnswers(app, logger);
  await installRateLimit(app, writes);
  await installOpenApi(app, services.figures.health().version);
  restRoutes({ app, operations, services, wrongTokens, downloads });
  await installStaticUi(app, options.uiDir);
  const rpc = attachRpc({
    server: app.server,
    operations,
    services,
    guard,
    logger,
    requests,
    writes,
    wrongTokens,
    revocations,
  });

  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw listenProblem(error, host, port);
  }
  const address = app.server.address();
  if (address !== null && typeof address === 'object') port = address.port;

  return {
    url: `http://${reachableHost(host)}:${port}`,
    port,
    async close(graceMs = 5000) {
      const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
      await Promise.all([rpc.close(graceMs), app.close()]);
      clearTimeout(timer);
      revocations.close();
      requests.close();
    },
  };
}

function logRequest(requests: RequestLog, request: FastifyRequest, reply: FastifyReply): void {
  const { principal, refusal } = request;
  const route = request.routeOptions.url ?? null;
  const logged = { via: 'rest', route, principal } as const;
  if (refusal !== null) {
    requests.refused(logged, refusal);
    return;
  }
  const named = route?.startsWith('/traces/:') ? (request.params as { id?: unknown }).id : undefined;
  const made = /^\/traces\/([^/]+)$/.exec(String(reply.getHeader('location') ?? ''))?.[1];
  const { method } = request;
  const { statusCode: status, elapsedTime: ms } = reply;
  requests.answered(logged, { method, status, ms, trace_id: traceIdOf(named ?? made) });
}

/** The host a client on this machine uses: listening on all addresses is no address. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function listenProblem(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'EADDRINUSE') return error;
  return new SluiceError('port_in_use', `Port ${port} on ${host} is in use.`, { host, port }, { cause: error });
}

/** Answers what is not even HTTP, or has headers beyond Node's limit (16 KiB). */
function clientErrorHandler(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = JSON.stringify(errorAnswer(new SluiceError('request_invalid', 'The request is malformed.')));
  socket.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
