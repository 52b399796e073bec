import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readMessages } from '../../../src/main/decode/index.js';
import { sentBodies } from '../../../src/main/engine/live/sent.js';
import type { CapturedExchange } from '../../../src/shared/model/index.js';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'sluice-sent-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The real intake thread, which notes in a file what it was asked to read. */
function entry(): URL {
  const path = join(folder, 'thread.mjs');
  const url = (...parts: string[]) => JSON.stringify(pathToFileURL(join(root, ...parts)).href);
  writeFileSync(
    path,
    `import ${url('test', 'support', 'typescript.mjs')};
    import { appendFileSync } from 'node:fs';
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ request }) => {
      if (request?.type === 'open') appendFileSync(${JSON.stringify(join(folder, 'asked'))}, request.kind + '\\n');
    });
    await import(${url('src', 'main', 'hosts', 'intake-thread.ts')});`,
  );
  return pathToFileURL(path);
}

const asked = () => (existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8').split('\n') : []);
const how = { contentType: 'application/json', encoding: '' };
const sender = { id: null, admin: false };

describe('bodies that programs send', () => {
  it('are read on the intake thread where they are large, and come back a few exchanges at a time', async () => {
    const taken: CapturedExchange[][] = [];
    const sent = sentBodies({
      entry: entry(),
      parts: { readMessages },
      queue: {
        async submitSlices(first, next) {
          for (let slice = first; slice.length > 0; slice = await next()) taken.push(slice);
        },
      },
    });
    const ingest = (text: string) =>
      sent.open(
        'ingest',
        [Buffer.from(JSON.stringify({ trace_id: 'one', event_type: 'thought', payload: { content: text } }))],
        how,
        async ({ head, submit }) => {
          await submit({ stored: null, now: 1_763_716_200_000_000 }, sender);
          return head.trace_id;
        },
      );
    expect(await ingest('small')).toBe('one');
    expect(asked()).toEqual([]);
    expect(await ingest('large '.repeat(200_000))).toBe('one');
    expect(asked()).toEqual(['ingest', '']);
    const bodies = taken.flat().map(({ request }) => JSON.parse(Buffer.from(request.body).toString()));
    expect(bodies.map(({ principal }) => principal)).toEqual([sender, sender]);

    const spans = Array.from({ length: 200 }, (_, at) => ({
      traceId: 'a'.repeat(32),
      spanId: (at + 1).toString(16).padStart(16, '0'),
      name: 'chat',
      startTimeUnixNano: String(1_763_716_200_000_000_000n + BigInt(at)),
      endTimeUnixNano: String(1_763_716_201_000_000_000n + BigInt(at)),
      attributes: [
        { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
        { key: 'gen_ai.request.model', value: { stringValue: 'gpt-5' } },
      ],
    }));
    const otlp = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
    taken.length = 0;
    await sent.open('otlp', [otlp], how, ({ submit }) => submit({}, sender));
    expect(taken.map(({ length }) => length)).toEqual([64, 64, 64, 8]);

    await expect(sent.open('events', [Buffer.alloc(100_000, 32)], how, async () => null)).rejects.toMatchObject({
      code: 'request_invalid',
    });
    await sent.close();
  });
});
