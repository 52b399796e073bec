import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeExchange, readExchange } from '../../src/main/decode/index.js';
import { createRedactor, defaultPolicy } from '../../src/main/redact/index.js';
import type { ActionItem, DecodedAction } from '../../src/shared/model/index.js';
import { startTestCapture, type TestCapture } from '../support/capture.js';
import { cleanEnv } from '../support/engine.js';
import { calls, type Dialect, type Seen } from '../support/mcp-client.js';
import { type McpTestServer, startMcpServer } from '../support/mcp-server.js';

/** What the protocol's own packages make of a tool call that passed the proxy is what we make of the captured one. */

let server: McpTestServer;
let capture: TestCapture;
const redactor = createRedactor({ policy: defaultPolicy, key: Buffer.alloc(32, 3) });

beforeAll(async () => {
  server = await startMcpServer();
  capture = await startTestCapture();
});
afterAll(async () => {
  await capture?.stop();
  await server?.close();
});

async function client(dialect: Dialect, path: string): Promise<Seen> {
  const support = join(import.meta.dirname, '..', 'support');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', join(support, 'typescript.mjs'), join(support, 'mcp-client.ts'), dialect, `${server.url}${path}`],
    { env: cleanEnv({ NODE_USE_ENV_PROXY: '1', HTTP_PROXY: capture.proxy, NO_PROXY: '' }) },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) as string);
}

/** Every action captured so far of the exchanges under a path, once `done` says that they are all there. */
async function actions(paths: RegExp, done: (found: DecodedAction[]) => boolean): Promise<DecodedAction[]> {
  for (let wanted = 1; ; ) {
    const captured = await capture.exchanges(wanted);
    wanted = captured.length + 1;
    const found = captured
      .filter(({ url, kind }) => kind === 'http' && paths.test(new URL(url).pathname))
      .map((exchange) => {
        const [decoded, ...more] = decodeExchange(redactor.exchange(readExchange(exchange)));
        expect(more).toEqual([]);
        expect(decoded).toMatchObject({ format: 'mcp', decode_error: null });
        expect(decoded?.action?.unknown_events).toBeUndefined();
        return decoded?.action as DecodedAction;
      });
    if (done(found)) return found;
  }
}

/** Both halves of each tool call, wherever they came. */
function toolCalls(found: DecodedAction[]): (ActionItem & { session: string | null })[] {
  const items = found.flatMap(({ items: own, session_id: session }) => own.map((item) => ({ ...item, session })));
  const answers = items.filter(({ method, from }) => method === '' && from === 'client');
  return items
    .filter(({ method }) => method === 'tools/call')
    .map((item) => {
      if (item.result !== undefined) return item;
      const answer = answers.find(({ id, session }) => id === item.id && session === item.session);
      return { ...item, ...answer, method: item.method };
    });
}

describe.each([
  ['2024-11-05', '/sse', /^\/(?:sse|messages)$/],
  ['2025-11-25', '/mcp', /^\/mcp$/],
  ['2026-07-28', '/modern', /^\/modern$/],
] as const)('MCP %s', (dialect, path, paths) => {
  it('reads each tool call as its own client does', async () => {
    const seen = await client(dialect, path);
    const found = await actions(paths, (all) => {
      const made = toolCalls(all);
      const closed = dialect !== '2024-11-05' || all.some(({ server: place }) => place.endsWith('/sse'));
      return closed && calls.every(({ name }) => made.some((item) => item.name === name && item.result !== undefined));
    });
    const made = toolCalls(found);
    for (const { name, arguments: args } of calls) {
      const last = made.findLast((item) => item.name === name) as ActionItem;
      expect(last, name).toMatchObject({ from: 'client', arguments: args });
      const { resultType, _meta, ...result } = last.result as { resultType?: string; _meta?: unknown };
      const { _meta: _theirs, ...theirs } = seen.results[name] as { _meta?: unknown };
      expect(result, name).toEqual(theirs);
      expect(resultType ?? 'complete').toBe('complete');
      expect(last.is_error ?? false, name).toBe(name === 'fails');
      expect(last.ended_at as number).toBeGreaterThanOrEqual(last.started_at);
    }
    const offered = found.flatMap(({ items }) => items.flatMap(({ tools }) => tools ?? []));
    expect(offered).toEqual(seen.tools);
    const asked = found.flatMap(({ items }) => items.filter(({ from, method }) => from === 'server' && method !== ''));
    if (dialect === '2026-07-28') {
      expect(made.filter(({ incomplete }) => incomplete)).toMatchObject([{ name: 'asks' }]);
      expect(new Set(made.map(({ session }) => session))).toEqual(new Set([null]));
      expect(new Set(found.map(({ dialect: spoken }) => spoken))).toEqual(new Set([dialect]));
    } else {
      expect(asked).toMatchObject([{ method: 'elicitation/create' }]);
      expect(new Set(made.map(({ session }) => session)).size).toBe(1);
      expect(made[0]?.session).not.toBeNull();
    }
  });
});
