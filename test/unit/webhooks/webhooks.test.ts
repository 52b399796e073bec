import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createWebhooks, type Told, type WebhookOptions } from '../../../src/main/webhooks/index.js';

const secret = 'the key of these tests';
const told: Told = { job_id: 'j1', kind: 'qa', state: 'done', trace_id: 't1' };
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Heard {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server that answers its n-th request as it is told, from 1. */
async function receiver(answer: (response: ServerResponse, n: number) => void) {
  const heard: Heard[] = [];
  const server: Server = createServer(async (request, response) => {
    const { url = '', headers } = request;
    heard.push({ path: url, headers, body: await text(request) });
    answer(response, heard.length);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { heard, port, url: `http://127.0.0.1:${port}/hook` };
}

const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) =>
    response.writeHead(code, headers).end('ok');

/** The file's content is kept in `kept`, for the next run. */
function webhooksTo(urls: string[], more: Partial<WebhookOptions> & { kept?: { content?: unknown } } = {}) {
  const { kept = {}, ...options } = more;
  const over: [delivered: boolean, tries: number][] = [];
  const errors: string[] = [];
  const webhooks = createWebhooks({
    addresses: () => urls.map((url) => ({ url, kinds: ['qa'] })),
    secret,
    isOwn: () => false,
    file: {
      read: () => kept.content,
      async write(content) {
        kept.content = JSON.parse(JSON.stringify(content));
      },
    },
    onOver: (_host, delivered, _told, tries) => over.push([delivered, tries]),
    onError: (error) => errors.push((error as Error).message),
    pausesMs: [10, 10, 10, 10],
    timeoutMs: 300,
    ...options,
  });
  closing.push(() => webhooks.end());
  return { webhooks, over, errors, kept };
}

describe('webhooks', () => {
  it('are signed over the time and the body as it is sent', async () => {
    const server = await receiver(status(204));
    const { webhooks, over, kept } = webhooksTo([server.url]);
    const asOf = Math.floor(Date.now() / 1000);
    webhooks.begin();
    webhooks.tell(told);
    webhooks.tell({ ...told, kind: 'export' });
    await expect.poll(() => over).toEqual([[true, 1]]);
    const [{ body, headers } = {} as Heard] = server.heard;
    expect(JSON.parse(body)).toEqual(told);
    const timestamp = String(headers['sluice-timestamp']);
    expect(Number(timestamp)).toBeGreaterThanOrEqual(asOf);
    expect(Number(timestamp)).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000));
    expect(headers['sluice-signature']).toBe(createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex'));
    expect(server.heard).toHaveLength(1);
    await expect.poll(() => kept.content).toEqual({ version: 1, waiting: [] });
  });

  it('are tried again after a failure, a hang and a broken connection, under the same id', async () => {
    const server = await receiver((response, n) => {
      if (n === 1) response.writeHead(500).end();
      else if (n === 2) response.destroy();
      else if (n > 3) response.end();
    });
    const { webhooks, over } = webhooksTo([server.url]);
    webhooks.begin();
    webhooks.tell(told);
    await expect.poll(() => over).toEqual([[true, 4]]);
    expect(new Set(server.heard.map(({ headers }) => headers['sluice-delivery'])).size).toBe(1);
  });

  it('are given up after five tries; a redirect is none that arrived and is not followed', async () => {
    const elsewhere = await receiver(status(200));
    const server = await receiver(status(307, { location: elsewhere.url }));
    const { webhooks, over, kept } = webhooksTo([server.url]);
    webhooks.begin();
    webhooks.tell(told);
    await expect.poll(() => over).toEqual([[false, 5]]);
    expect([server.heard.length, elsewhere.heard.length]).toEqual([5, 0]);
    await expect.poll(() => kept.content).toEqual({ version: 1, waiting: [] });
  });

  it('never go to what the engine itself listens on, by whatever name', async () => {
    const server = await receiver(status(200));
    const isOwn = (address: string, port: number) => /^127\.|^::1$/.test(address) && port === server.port;
    const urls = [server.url, `http://localhost:${server.port}/`, `http://127.1:${server.port}/`];
    const { webhooks } = webhooksTo(urls, { isOwn });
    for (const { delivered, detail } of await webhooks.test()) {
      expect([delivered, detail]).toEqual([false, expect.stringContaining('a port of this engine')]);
    }
    expect(server.heard).toEqual([]);
  });

  it('tell of a test what became of it, once', async () => {
    const good = await receiver(status(200));
    const bad = await receiver(status(404));
    const silent = await receiver(() => {});
    const gone = await receiver(status(200));
    closing.pop()?.();
    const { webhooks } = webhooksTo([good.url, bad.url, silent.url, gone.url]);
    expect((await webhooks.test()).map(({ delivered, detail }) => [delivered, detail])).toEqual([
      [true, 'It was taken.'],
      [false, 'Not delivered: it answered 404.'],
      [false, 'Not delivered: no answer within 0.3 s.'],
      [false, 'Not delivered: no connection (ECONNREFUSED).'],
    ]);
    expect(bad.heard).toHaveLength(1);
  });

  it('wait while nobody runs, without their addresses, and are sent at the next start', async () => {
    const answers = { code: 500 };
    const server = await receiver((response) => response.writeHead(answers.code).end());
    const url = `${server.url}?key=hidden`;
    const kept = {};
    const first = webhooksTo([url], { kept, pausesMs: [400, 400] });
    first.webhooks.begin();
    first.webhooks.tell(told);
    await expect.poll(() => server.heard.length).toBe(1);
    await first.webhooks.end();
    expect(JSON.stringify(kept)).toMatch(/"tries":1/);
    expect(JSON.stringify(kept)).not.toContain('hidden');
    answers.code = 200;
    const second = webhooksTo([url], { kept });
    second.webhooks.begin();
    await expect.poll(() => second.over).toEqual([[true, 2]]);
    expect(server.heard[1]?.headers['sluice-delivery']).toBe(server.heard[0]?.headers['sluice-delivery']);
    // An address that was taken out of the settings hears of nothing more.
    const third = webhooksTo([], { kept: { content: { version: 1, waiting: [waitingFor(url)] } } });
    third.webhooks.begin();
    await expect.poll(() => third.kept.content).toEqual({ version: 1, waiting: [] });
    expect(server.heard).toHaveLength(2);
  });

  it('of an address that hangs hold up no other, and a file that cannot be read is told', async () => {
    const silent = await receiver(() => {});
    const good = await receiver(status(200));
    const { webhooks, over, errors } = webhooksTo([silent.url, good.url], {
      timeoutMs: 60_000,
      kept: { content: { version: 1, waiting: 'broken' } },
    });
    webhooks.begin();
    expect(errors).toEqual([expect.stringContaining('cannot be read')]);
    for (let n = 0; n < 20; n++) webhooks.tell({ ...told, job_id: `j${n}` });
    await expect.poll(() => over.length).toBe(20);
    expect(silent.heard).toHaveLength(4);
    expect(good.heard).toHaveLength(20);
  });
});

const waitingFor = (url: string) => ({
  delivery_id: 'd1',
  to: url,
  told,
  tries: 0,
  at: Date.now(),
});
