/**
 * An MCP client as people write it, with the protocol's own packages: `node … mcp-client.ts <dialect> <URL>`.
 * Prints one JSON line: what it made of the tools and of each call.
 */
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

export type Dialect = '2024-11-05' | '2025-11-25' | '2026-07-28';

export interface Seen {
  tools: string[];
  /** By tool: what the package handed to the program. */
  results: { [tool: string]: unknown };
  sessionId: string | undefined;
}

/** The tools of the test's servers, in the order in which they are called. */
export const calls: { name: string; arguments: Record<string, unknown> }[] = [
  { name: 'tide', arguments: { port: 'Cuxhaven', days: [1, 2] } },
  { name: 'fails', arguments: {} },
  { name: 'slow', arguments: { steps: 3 } },
  { name: 'asks', arguments: { what: 'name' } },
];
const answer = { action: 'accept' as const, content: { name: 'Ada' } };
const info = { name: 'test-client', version: '1.0.0' };

async function main(dialect: Dialect, url: URL): Promise<Seen> {
  const results: Seen['results'] = {};
  if (dialect === '2026-07-28') {
    const client = new ModernClient(info, {
      capabilities: { elicitation: {} },
      versionNegotiation: { mode: { pin: dialect } },
    });
    client.setRequestHandler('elicitation/create', async () => answer);
    const transport = new ModernTransport(url);
    await client.connect(transport);
    const { tools } = await client.listTools();
    for (const call of calls) results[call.name] = await client.callTool(call);
    await client.close();
    return { tools: tools.map(({ name }) => name), results, sessionId: transport.sessionId };
  }
  const client = new Client(info, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, async () => answer);
  const transport = dialect === '2024-11-05' ? new SSEClientTransport(url) : new StreamableHTTPClientTransport(url);
  await client.connect(transport);
  const { tools } = await client.listTools();
  for (const call of calls) {
    results[call.name] = await client.callTool(call, undefined, { onprogress: () => {} });
  }
  const sessionId = 'sessionId' in transport ? transport.sessionId : undefined;
  if ('terminateSession' in transport) await transport.terminateSession();
  await client.close();
  return { tools: tools.map(({ name }) => name), results, sessionId };
}

const [dialect, url] = process.argv.slice(2);
if (dialect !== undefined && url !== undefined) {
  process.stdout.write(`${JSON.stringify(await main(dialect as Dialect, new URL(url)))}\n`);
}
