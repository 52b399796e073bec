import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.js';
import { startModelServer } from '../support/model-server.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Clients that keep asking until told to stop; gives the markers of all answers that were received whole. */
function askers(proxy: string, count: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  const received = new Set<string>();
  let going = true;
  let serial = 0;
  const ask = (marker: string) =>
    new Promise<void>((resolve) => {
      const body = JSON.stringify({
        model: 'gpt-5.1',
        stream: marker.endsWith('0'),
        messages: [{ role: 'user', content: marker }],
      });
      const outgoing = request(
        `${proxy}/stub/v1/chat/completions`,
        {
          method: 'POST',
          agent,
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        },
        (incoming) => {
          incoming.resume();
          incoming.on('end', () => {
            if (incoming.complete && incoming.statusCode === 200) received.add(marker);
            resolve();
          });
          incoming.on('error', () => resolve());
        },
      );
      outgoing.on('error', () => resolve());
      outgoing.end(body);
    });
  const all = Array.from({ length: count }, async () => {
    while (going) await ask(`marker-${++serial}`);
  });
  return {
    received,
    async stop() {
      going = false;
      agent.destroy();
      await Promise.all(all);
    },
  };
}

async function everyExchange(api: Engine['api']): Promise<{ exchange_id: string; trace_id: string }[]> {
  const items: { exchange_id: string; trace_id: string }[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: []; next_cursor: string | null } = await api(
      `/exchanges?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    );
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return items;
}

describe('a crash', () => {
  it('loses nothing that a client has received, twice in a row, and stores it once', async () => {
    await using model = await startModelServer();
    const received = new Set<string>();
    for (let round = 0; round < 2; round++) {
      const engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
      const clients = askers(engine.ready.proxy, 16);
      await engine.until('/health', ({ exchanges }) => exchanges.seen > 300);
      await engine.kill9();
      await clients.stop();
      for (const marker of clients.received) received.add(`${round}:${marker}`);
    }
    await using engine = await startEngine([], { dataDir });
    await engine.until('/health', ({ exchanges }) => exchanges.pending === 0);
    const exchanges = await everyExchange(engine.api);
    expect(new Set(exchanges.map(({ exchange_id }) => exchange_id)).size).toBe(exchanges.length);
    // Each round counts its markers from one, so a marker that both rounds received is stored twice.
    const stored = new Map<string, number>();
    for (const { exchange_id } of exchanges) {
      const { text } = await engine.api(`/exchanges/${exchange_id}/body/request`);
      const marker = /marker-\d+/.exec(text)?.[0] as string;
      stored.set(marker, (stored.get(marker) ?? 0) + 1);
    }
    expect(received.size).toBeGreaterThan(400);
    const lost = [...received].filter((marker) => {
      const name = marker.slice(2);
      const times = [0, 1].filter((round) => received.has(`${round}:${name}`)).length;
      return (stored.get(name) ?? 0) < times;
    });
    expect(lost).toEqual([]);
    expect(await engine.stop()).toBe(0);
  });

  it('is not needed to end: SIGTERM lets an open stream finish and exits with 0', async () => {
    await using model = await startModelServer();
    model.say({ text: 'a longer answer in several pieces', gapMs: 60 });
    const engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
    const response = await fetch(`${engine.ready.proxy}/stub/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'go on' }] }),
    });
    const text = response.text();
    const stopped = engine.stop();
    expect(await text).toContain('[DONE]');
    expect(await stopped).toBe(0);
    await using again = await startEngine([], { dataDir });
    expect((await again.api('/exchanges')).items).toMatchObject([{ state: 'complete', format: 'openai-chat' }]);
  });
});
