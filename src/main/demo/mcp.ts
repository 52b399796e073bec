import type { HeaderList, Micros } from '../../shared/model/index.js';
import type { JsonObject } from './dialect.js';
import type { DemoScript } from './script.js';

/** One request to the MCP server of a script, as it went over the wire. */
export interface McpExchange {
  url: string;
  request: JsonObject;
  response: JsonObject;
  headers: HeaderList;
  started_at: Micros;
  ended_at: Micros;
}

interface Asked {
  name: string;
  args: { [name: string]: unknown };
}

/**
 * What the client of a script sent to its MCP server (2025-11-25, JSON answers): the list of tools before the first
 * call, then the calls of an answer side by side, in the time until their results reached the model.
 */
export function mcpClient(script: DemoScript): {
  list(at: Micros): McpExchange[];
  calls(asked: Asked[], results: { content: string; error: boolean }[], from: Micros, to: Micros): McpExchange[];
} {
  const { mcp: url } = script;
  if (url === undefined) return { list: () => [], calls: () => [] };
  let id = 0;
  const exchange = (method: string, params: JsonObject, result: JsonObject, from: Micros, to: Micros): McpExchange => {
    id += 1;
    return {
      url,
      request: { jsonrpc: '2.0', id, method, params },
      response: { jsonrpc: '2.0', id, result },
      headers: [
        ['content-type', 'application/json'],
        ['accept', 'application/json, text/event-stream'],
        ['mcp-protocol-version', '2025-11-25'],
        ['mcp-session-id', '7c1f0b52-2f0e-4c55-9f57-3c2f6a1d9e10'],
        ['user-agent', script.client],
      ],
      started_at: from,
      ended_at: to,
    };
  };
  return {
    list: (at) => {
      const tools = script.tools.map(({ name, description }) => ({
        name,
        description,
        inputSchema: { type: 'object' },
      }));
      return [exchange('tools/list', {}, { tools }, at, at + 90_000)];
    },
    calls: (asked, results, from, to) =>
      asked.flatMap(({ name, args }, index) => {
        const result = results[index];
        if (result === undefined) return [];
        const content = [{ type: 'text', text: result.content }];
        // Each takes its own time, and the slowest lets the model wait.
        const end = from + Math.round(((to - from) * (6 + ((index * 3) % 4))) / 10);
        const answer: JsonObject = result.error ? { content, isError: true } : { content };
        return [exchange('tools/call', { name, arguments: args } as JsonObject, answer, from + 12_000, end)];
      }),
  };
}
