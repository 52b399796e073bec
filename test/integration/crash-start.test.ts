import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sluice, startEngine } from '../support/engine.js';
import { startModelServer } from '../support/model-server.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-start-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function listen(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(port, '127.0.0.1');
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => {
      throw error;
    }),
  ]);
  return { server, port: (server.address() as AddressInfo).port };
}
const close = (server: Server) => new Promise((resolve) => server.close(resolve));

describe('starting and stopping', () => {
  it('names the port that is taken and what to do, and leaves the folder free', async () => {
    const { server, port } = await listen();
    for (const [taken, free] of [
      ['--proxy-port', '--api-port'],
      ['--api-port', '--proxy-port'],
    ] as const) {
      const ran = await sluice(['serve', '--json', '--data-dir', dataDir, taken, String(port), free, '0']);
      expect(ran.code).toBe(1);
      expect(ran.stdout).toBe('');
      const { error } = JSON.parse(ran.stderr.trim().split('\n').at(-1) as string);
      expect(error.code).toBe('port_in_use');
      expect(error.message).toContain(String(port));
    }
    await close(server);
    await using engine = await startEngine([], { dataDir });
    expect((await engine.api('/health')).status).toBe('healthy');
  });

  it('says where the journal cannot be written, and leaves the folder free', async () => {
    writeFileSync(join(dataDir, 'journal'), 'no folder');
    const ran = await sluice(['serve', '--json', '--data-dir', dataDir, '--proxy-port', '0', '--api-port', '0']);
    expect([ran.code, ran.stdout]).toEqual([1, '']);
    expect(JSON.parse(ran.stderr.trim().split('\n').at(-1) as string).error.code).toBe('data_dir_unwritable');
    expect(existsSync(join(dataDir, 'lock.json'))).toBe(false);
  });

  it('gives both ports and the folder back when it stops, also when it was killed', async () => {
    for (const end of ['stop', 'kill9'] as const) {
      const engine = await startEngine([], { dataDir });
      const ports = [engine.ready.proxy, engine.ready.api].map((url) => Number(new URL(url).port));
      await engine[end]();
      for (const port of ports) await close((await listen(port)).server);
    }
    await using engine = await startEngine([], { dataDir });
    expect((await engine.api('/health')).status).toBe('healthy');
  });

  it('SIGTERM under load: what was answered is stored, exit code 0', async () => {
    await using model = await startModelServer();
    const engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
    let answered = 0;
    let going = true;
    const clients = Array.from({ length: 8 }, async (_, client) => {
      for (let serial = 0; going; serial++) if (await ask(engine.ready.proxy, `${client}-${serial}`)) answered += 1;
    });
    await engine.until('/health', ({ exchanges }) => exchanges.seen > 100);
    const code = await engine.stop();
    going = false;
    await Promise.all(clients);
    expect(code).toBe(0);
    await using again = await startEngine([], { dataDir });
    const { exchanges } = await again.api('/health');
    // Stored before it ended: nothing is left for the next start to do.
    expect(exchanges).toMatchObject({ pending: 0 });
    expect(await countComplete(again.api)).toBeGreaterThanOrEqual(answered);
  });
});

/** True when a whole 200 came back. */
function ask(proxy: string, content: string): Promise<boolean> {
  const body = JSON.stringify({ model: 'gpt-5.1', messages: [{ role: 'user', content }] });
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(`${proxy}/stub/v1/chat/completions`, { method: 'POST', headers }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => resolve(incoming.complete && incoming.statusCode === 200));
      incoming.on('error', () => resolve(false));
    });
    // Refused connections come back at once; asking again in the same turn would starve everything else.
    outgoing.on('error', () => setTimeout(resolve, 5, false));
    outgoing.end(body);
  });
}

async function countComplete(api: (path: string) => Promise<{ items: unknown[]; next_cursor: string | null }>) {
  let count = 0;
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await api(`/exchanges?limit=200&query=status:200${after}`);
    count += page.items.length;
    cursor = page.next_cursor;
  } while (cursor !== null);
  return count;
}
