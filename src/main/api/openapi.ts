import { randomBytes } from 'node:crypto';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import * as z from 'zod';
import {
  callSchema,
  decisionSchema,
  exchangeSchema,
  exchangeSummarySchema,
  healthSchema,
  jobSchema,
  jsonSchema,
  reviewSchema,
  stepSchema,
  toolCallSchema,
  traceSchema,
  traceSummarySchema,
} from '../../shared/model/index.js';
import { bearerToken, tokenMatches } from './auth.js';
import { errorAnswerSchema } from './error-answers.js';
import type { RestApp } from './rest/rest-app.js';

/** The failures a route can have by what it takes; everything else is `default`. */
function failures(route: RouteOptions): { [status: string]: typeof errorAnswerSchema } {
  const statuses: number[] = [];
  const { body, params, querystring } = route.schema ?? {};
  if (body !== undefined || querystring !== undefined) statuses.push(400, 422);
  if (body !== undefined) statuses.push(413, 415);
  if (params !== undefined) statuses.push(404);
  if (route.config?.access !== 'public') statuses.push(401, 403);
  statuses.push(429);
  return Object.fromEntries(statuses.map((status) => [status, errorAnswerSchema]));
}

/** Shapes that stand once in the document, under their name. */
const named = {
  Json: jsonSchema,
  Health: healthSchema,
  Trace: traceSchema,
  TraceSummary: traceSummarySchema,
  Call: callSchema,
  Step: stepSchema,
  ToolCall: toolCallSchema,
  Decision: decisionSchema,
  Review: reviewSchema,
  Exchange: exchangeSchema,
  ExchangeSummary: exchangeSummarySchema,
  Job: jobSchema,
  Error: errorAnswerSchema,
};

const description = `Everything needs \`Authorization: Bearer <token>\` except /health; \`sluice serve\` and
\`sluice status\` print the studio's own token, \`sluice token create\` makes others with scopes: \`ingest\`, \`read\`,
\`review\` (which reads too) and \`admin\` (everything). A browser opens these pages by \`/docs?token=<token>\`, once: it gets a cookie that
holds for these pages only, not for any data. Errors are \`{error: {code, message, next, details}}\` with a stable code.
Lists answer \`{items, next_cursor}\`; give \`next_cursor\` back as \`cursor\` until it is null. Bodies that bring data are at most 10 MB, others 64 kB where they say nothing else.`;

/** /openapi.json and /docs, generated from the schemas that also validate. Call before the routes are added. */
export async function installOpenApi(app: RestApp, version: string): Promise<void> {
  const schemaRegistry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) schemaRegistry.add(schema, { id });
  // The document is for reading: what JSON Schema cannot say is left open rather than refused.
  const zodToJsonConfig = { unrepresentable: 'any' } as const;
  app.addHook('onRoute', (route) => {
    if (!route.schema || route.schema.hide) return;
    const response = route.schema.response as { [status: string]: unknown } | undefined;
    const { access } = route.config ?? {};
    const { description } = route.schema;
    const scope = access === 'public' ? 'Needs no token.' : access === undefined ? '' : `Scope: \`${access}\`.`;
    route.schema = {
      ...route.schema,
      description: [description, scope].filter((line) => line !== undefined && line !== '').join('\n\n'),
      response: { ...response, ...failures(route), default: errorAnswerSchema },
    };
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Sluice', version, description },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: createJsonSchemaTransform({ schemaRegistry, zodToJsonConfig }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry, zodToJsonConfig }),
  });
  app.get('/openapi.json', { config: { access: 'read' }, schema: { hide: true } }, (_request, reply) => {
    reply.send(app.swagger());
  });
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'docs' };
    });
    await docs.register(swaggerUi, { routePrefix: '/docs', uiConfig: { persistAuthorization: false } });
  });
}

/**
 * Lets a browser read the documentation: `?token=` is exchanged for a cookie, since a page cannot send the header for
 * its own parts. The cookie is a value of this run that opens nothing but /docs; the token leaves the address bar.
 */
export function createDocsAccess(isToken: (token: unknown) => boolean) {
  const pass = randomBytes(32).toString('base64url');
  return (request: FastifyRequest, reply: FastifyReply): 'granted' | 'answered' | 'denied' => {
    const { token: presented } = request.query as { token?: unknown };
    if (presented !== undefined && isToken(presented)) {
      reply.header('set-cookie', `sluice_docs=${pass}; Path=/docs; HttpOnly; SameSite=Strict`).redirect('/docs/', 303);
      return 'answered';
    }
    if (isToken(bearerToken(request.headers.authorization))) {
      // The desktop sends it with the first page only: its parts come with the cookie.
      reply.header('set-cookie', `sluice_docs=${pass}; Path=/docs; HttpOnly; SameSite=Strict`);
      return 'granted';
    }
    const cookie = /(?:^|;\s*)sluice_docs=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
    return tokenMatches(cookie, pass) ? 'granted' : 'denied';
  };
}
