import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createMcpHandler, inputRequired, McpServer as ModernServer } from '@modelcontextprotocol/server';
import * as z from 'zod';

/** An MCP server on a free port that speaks all three dialects, each at a path of its own. */
export interface McpTestServer {
  url: string;
  close(): Promise<void>;
}

const info = { name: 'tides', version: '1.0.0' };
const said = (text: string) => ({ content: [{ type: 'text' as const, text }] });
const tide = ({ port, days }: { port: string; days: number[] }) => ({
  ...said(`High water in ${port}`),
  structuredContent: { port, heights: days.map((day) => day * 1.5) },
});
const tideShape = { port: z.string(), days: z.array(z.number()) };
const heights = { port: z.string(), heights: z.array(z.number()) };

function tools(): McpServer {
  const server = new McpServer(info);
  server.registerTool('tide', { inputSchema: tideShape, outputSchema: heights }, tide);
  server.registerTool('fails', {}, () => ({ ...said('No such port.'), isError: true }));
  server.registerTool('slow', { inputSchema: { steps: z.number() } }, async ({ steps }, extra) => {
    const progressToken = extra._meta?.progressToken;
    for (let progress = 1; progress <= steps && progressToken !== undefined; progress++) {
      await extra.sendNotification({
        method: 'notifications/progress',
        params: { progressToken, progress, total: steps },
      });
    }
    return said('Done — später 🌊');
  });
  server.registerTool('asks', { inputSchema: { what: z.string() } }, async ({ what }) => {
    const requestedSchema = { type: 'object' as const, properties: { [what]: { type: 'string' as const } } };
    const { content } = await server.server.elicitInput({ message: 'Who?', requestedSchema });
    return said(`Hello ${String(content?.[what])}`);
  });
  return server;
}

function modernTools(): ModernServer {
  const server = new ModernServer(info);
  server.registerTool('tide', { inputSchema: z.object(tideShape), outputSchema: z.object(heights) }, tide);
  server.registerTool('fails', {}, () => ({ ...said('No such port.'), isError: true }));
  server.registerTool('slow', { inputSchema: z.object({ steps: z.number() }) }, async () => said('Done — später 🌊'));
  server.registerTool('asks', { inputSchema: z.object({ what: z.string() }) }, async ({ what }, context) => {
    const given = context.mcpReq.inputResponses?.who as { content?: Record<string, unknown> } | undefined;
    if (given?.content !== undefined) return said(`Hello ${String(given.content[what])}`);
    const requestedSchema = { type: 'object' as const, properties: { [what]: { type: 'string' as const } } };
    return inputRequired({ inputRequests: { who: inputRequired.elicit({ message: 'Who?', requestedSchema }) } });
  });
  return server;
}

async function body(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return text;
}

export async function startMcpServer(): Promise<McpTestServer> {
  const posts = new Map<string, SSEServerTransport>();
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const handler = createMcpHandler(modernTools);

  async function streamable(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const known = sessions.get(String(request.headers['mcp-session-id']));
    if (known !== undefined) return known.handleRequest(request, response);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await tools().connect(transport);
    return transport.handleRequest(request, response);
  }

  async function modern(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = request.method === 'POST' ? await body(request) : undefined;
    const answer = await handler.fetch(
      new Request(`http://${request.headers.host}${request.url}`, {
        method: request.method ?? 'GET',
        headers: Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string]),
        ...(sent === undefined ? {} : { body: sent }),
      }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body === null) response.end();
    else Readable.fromWeb(answer.body as never).pipe(response);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    if (pathname === '/sse') {
      const transport = new SSEServerTransport('/messages', response);
      posts.set(transport.sessionId, transport);
      await tools().connect(transport);
    } else if (pathname === '/messages') {
      await posts.get(searchParams.get('sessionId') ?? '')?.handlePostMessage(request, response);
    } else if (pathname === '/mcp') await streamable(request, response);
    else await modern(request, response);
  }

  const http = createServer((request, response) => {
    serve(request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async close() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}
