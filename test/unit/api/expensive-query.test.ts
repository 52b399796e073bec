import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Router } from '../../../src/main/api/rpc/router.js';
import { startReading } from '../../../src/main/engine/reading/index.js';
import { folder, plainExchange, sealKey, store, type TestStore } from '../store/support.js';
import { onCleanup, runningApi } from './support.js';

const root = join(import.meta.dirname, '..', '..', '..');
/** Rows of a store whose addresses are as long as they are looked through. */
const rows = 12_000;
const address = `https://files.test/${'ab'.repeat(2038)}`;

/** The real reading thread. */
function entry(): URL {
  const path = join(folder(), 'reading.mjs');
  const url = (...parts: string[]) => JSON.stringify(pathToFileURL(join(root, ...parts)).href);
  writeFileSync(
    path,
    `import ${url('test', 'support', 'typescript.mjs')};
    await import(${url('src', 'main', 'hosts', 'reading-thread.ts')});`,
  );
  return pathToFileURL(path);
}

/** One exchange, and as many like it as it takes. */
function manyExchanges(): TestStore {
  const target = store();
  target.writer.save(plainExchange({ url: address }));
  const db = new Database(target.path);
  const columns = (db.pragma('table_info(exchanges)') as { name: string }[]).map(({ name }) => name);
  const values = columns.map((name) => ({ id: 'x.id + n.value', uid: 'randomblob(16)' })[name] ?? `x."${name}"`);
  db.exec(`WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ${rows})
    INSERT INTO exchanges (${columns.map((name) => `"${name}"`)}) SELECT ${values} FROM n CROSS JOIN exchanges AS x`);
  db.close();
  return target;
}

it('a query that takes longer than the deadline is refused over REST and RPC with what to do', async () => {
  const { api, ask, token, reads } = await runningApi();
  const target = manyExchanges();
  const reading = startReading({
    entry: entry(),
    data: { database: target.path, sealKey, pseudonymKey: sealKey },
    rules: () => expect.fail('no rules are asked for'),
    deadlineMs: 10,
  });
  onCleanup(() => reading.close());
  reads.exchanges = reading.reads.exchanges;

  const query = `url:*${'b*a*'.repeat(40)}c*`;
  expect(target.reader.exchanges({ query, limit: 50, cursor: null }).items).toEqual([]);
  const expected = { code: 'query_too_expensive', next: expect.stringContaining('Narrow') };
  const refused = await ask(`/exchanges?query=${encodeURIComponent(query)}`);
  expect(await refused.json()).toMatchObject({ error: expected });
  const socket = createWSClient({
    url: `ws://127.0.0.1:${api.port}/rpc`,
    WebSocket: WebSocket as never,
    connectionParams: { token },
  });
  onCleanup(() => socket.close());
  const client = createTRPCClient<Router>({ links: [wsLink({ client: socket })] });
  await expect(client.exchanges.list.query({ query })).rejects.toMatchObject({ data: { sluice: expected } });
});
