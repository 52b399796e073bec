import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { listedTools } from '../../../src/main/hosts/mcp-tools.js';
import { startMcpServer } from '../../support/mcp-server.js';

it('asks a server of the official package for its tools, in each dialect of today', async () => {
  const server = await startMcpServer();
  try {
    for (const path of ['/mcp', '/modern']) {
      const tools = (await listedTools(`${server.url}${path}`)) as { name: string }[];
      expect(tools.map(({ name }) => name)).toEqual(['tide', 'fails', 'slow', 'asks']);
    }
  } finally {
    await server.close();
  }
});

it('reads page by page, and refuses what is no such server', async () => {
  const pages: RequestListener = async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { id, method, params } = JSON.parse(text);
    if (request.url === '/broken') return response.writeHead(500).end();
    if (request.url === '/page') return response.end('<html>');
    if (id === undefined) return response.writeHead(202).end();
    const result =
      method === 'initialize'
        ? {}
        : { tools: [{ name: params.cursor ?? 'first' }], ...(params.cursor ? {} : { nextCursor: 'second' }) };
    response.setHeader('content-type', 'text/event-stream');
    // The stream stays open behind the answer.
    response.write(
      `event: message\ndata: {"jsonrpc":"2.0","method":"ping"}\n\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`,
    );
  };
  const server = createServer(pages).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect(await listedTools(url)).toEqual([{ name: 'first' }, { name: 'second' }]);
    await expect(listedTools(`${url}/broken`)).rejects.toMatchObject({
      code: 'oracle_draft_source_invalid',
      message: 'It answers 500.',
    });
    await expect(listedTools(`${url}/page`)).rejects.toMatchObject({ message: 'It answers no JSON.' });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
