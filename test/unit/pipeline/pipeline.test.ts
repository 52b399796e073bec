import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { assemble } from '../../../src/main/assemble/index.js';
import { decodeExchange, readExchange } from '../../../src/main/decode/index.js';
import { placeOf } from '../../../src/main/journal/cursor.js';
import { openJournalReader } from '../../../src/main/journal/reader.js';
import { openJournalWriter } from '../../../src/main/journal/writer.js';
import { pipelineCounters, pipelineCountersBytes } from '../../../src/main/pipeline/counters.js';
import { createPipeline, type PipelineDependencies } from '../../../src/main/pipeline/pipeline.js';
import { createRedactor, defaultPolicy } from '../../../src/main/redact/index.js';
import { openReader, openWriter } from '../../../src/main/store/index.js';
import { uuidv7 } from '../../../src/shared/ids.js';
import type { CapturedExchange } from '../../../src/shared/model/index.js';

const secret = `sk-${'proj'}-${'a1B2'.repeat(12)}`;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});

function exchange(marker: string): CapturedExchange {
  const side = (body: string) => ({
    http_version: '1.1',
    headers: [
      ['content-type', 'application/json'],
      ['authorization', `Bearer ${secret}`],
    ] as [string, string][],
    trailers: [],
    body: Buffer.from(body),
    bytes: body.length,
    truncated: false,
    chunks: [],
  });
  const at = Date.now() * 1000;
  return {
    exchange_id: uuidv7(),
    kind: 'http',
    via: 'gateway',
    client: { address: '127.0.0.1', port: 1, connection: 1, protocol: 'http/1.1' },
    method: 'POST',
    url: `http://model.test/v1/chat/completions?marker=${marker}`,
    request: side(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `${marker} ${secret}` }] })),
    response: {
      ...side(
        JSON.stringify({
          id: marker,
          object: 'chat.completion',
          model: 'm',
          choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
        }),
      ),
      status: 200,
      status_text: 'OK',
      informational: [],
    },
    started_at: at,
    ended_at: at + 1000,
    state: 'complete',
  };
}

/** Journal, rooms and store as the threads wire them, with one part replaced where a test breaks it. */
function wire(
  replace: (parts: PipelineDependencies) => Partial<PipelineDependencies> = () => ({}),
  folder = mkdtempSync(join(tmpdir(), 'sluice-pipeline-')),
  key = randomBytes(32),
) {
  const journal = openJournalWriter(join(folder, 'journal'), key, () => {});
  const journalReader = openJournalReader(join(folder, 'journal'), key);
  const writer = openWriter(join(folder, 'sluice.db'), { sealKey: key });
  const counters = pipelineCounters(new SharedArrayBuffer(pipelineCountersBytes));
  const logged: string[] = [];
  const parts: PipelineDependencies = {
    reader: journalReader,
    read: readExchange,
    redactor: createRedactor({ policy: defaultPolicy, key }),
    decode: decodeExchange,
    assemble,
    writer,
    counters,
    skip: null,
    ahead: null,
    acknowledge: (position) => journal.acknowledge(position),
    onTopics: () => {},
    onLog: (_level, event) => logged.push(event),
  };
  const pipeline = createPipeline({ ...parts, ...replace(parts) });
  const reader = openReader(join(folder, 'sluice.db'), { sealKey: key });
  closers.push(
    () => journal.close(),
    () => journalReader.close(),
    () => writer.close(),
    () => reader.close(),
    () => pipeline.stop(),
  );
  const append = (captured: CapturedExchange) => {
    journal.append(
      captured,
      { parts: [], tail: [captured.request.body] },
      { parts: [], tail: [captured.response?.body ?? new Uint8Array(0)] },
    );
  };
  return {
    folder,
    key,
    pipeline,
    append,
    counters,
    logged,
    reader,
    journal,
    async drain() {
      pipeline.grow(journal.position());
      await pipeline.drained(journal.position());
      return reader.exchanges({ query: '', limit: 200, cursor: null }).items;
    },
  };
}

describe('pipeline', () => {
  it('stores what an exchange carried beside it, also where that cannot be assembled', async () => {
    const carried = new Set<string>();
    const w = wire((parts) => ({
      decode: (redacted) =>
        parts.decode(redacted).flatMap((own) => {
          const turns = [1, 2].map(() => {
            const exchange_id = uuidv7();
            carried.add(exchange_id);
            return { ...own, exchange: { ...own.exchange, exchange_id, via: 'socket' as const } };
          });
          return [own, ...turns];
        }),
      assemble: (decoded, lineage) => {
        const { exchange_id } = decoded.exchange;
        if (carried.has(exchange_id) && exchange_id === [...carried][0]) throw new Error('odd');
        return parts.assemble(decoded, lineage);
      },
    }));
    w.append(exchange('one'));
    const items = await w.drain();
    expect(new Set(items.map(({ exchange_id }) => exchange_id)).size).toBe(3);
    expect(items.filter(({ exchange_id }) => carried.has(exchange_id))).toHaveLength(2);
    expect(items.filter(({ undecoded }) => undecoded).map(({ exchange_id }) => exchange_id)).toEqual([[...carried][0]]);
    expect([w.counters.get('processed'), w.counters.get('stored'), w.counters.get('quarantined')]).toEqual([1, 1, 1]);
  });

  it('counts an exchange that comes twice as stored, and keeps it once', async () => {
    const w = wire();
    const same = exchange('twice');
    w.append(same);
    w.append(same);
    expect(await w.drain()).toHaveLength(1);
    expect([w.counters.get('processed'), w.counters.get('stored'), w.counters.get('quarantined')]).toEqual([2, 2, 0]);
  });

  it('stores what the journal holds, redacted and threaded', async () => {
    const w = wire();
    for (let i = 0; i < 150; i++) w.append(exchange(`marker-${i}`));
    const stored = await w.drain();
    expect(stored).toHaveLength(150);
    expect(stored.every((item) => item.format === 'openai-chat' && item.trace_id !== null)).toBe(true);
    const whole = JSON.stringify(w.reader.exchange(stored[0]?.exchange_id as string, 10_000));
    expect(whole).not.toContain(secret);
    expect(whole).toContain('marker-149');
    expect(w.counters.get('stored')).toBe(150);
    expect(await w.drain()).toHaveLength(150);
  });

  it('keeps an exchange that a room cannot bear sealed, and goes on', async () => {
    const w = wire((parts) => ({
      decode: (redacted) => {
        if (redacted.url.includes('poison')) throw new Error(`cannot bear ${redacted.url}`);
        return parts.decode(redacted);
      },
    }));
    for (const marker of ['a', 'poison', 'b']) w.append(exchange(marker));
    const stored = await w.drain();
    expect(stored).toHaveLength(3);
    const sealed = stored.find((item) => item.error?.code === 'pipeline_failed');
    expect(sealed).toMatchObject({ undecoded: true, url: 'http://model.test' });
    const whole = w.reader.exchange(sealed?.exchange_id as string, 10_000);
    expect(whole?.request).toMatchObject({ body: null, body_kind: 'sealed', headers: [] });
    expect(w.reader.sealedBody(sealed?.exchange_id as string, 'request')?.bytes.toString()).toContain('poison');
    expect(w.counters.get('quarantined')).toBe(1);
    expect(w.logged).toEqual(['exchange_sealed']);
  });

  it('counts formats that failed and were passed over', async () => {
    const w = wire((parts) => ({
      decode: (redacted) => parts.decode(redacted).map((decoded) => ({ ...decoded, failed_formats: ['broken'] })),
    }));
    w.append(exchange('a'));
    expect((await w.drain()).map((item) => item.format)).toEqual(['openai-chat']);
    expect([w.counters.get('format_errors'), w.counters.get('undecoded')]).toEqual([1, 0]);
    expect(w.logged).toEqual(['format_failed']);
  });

  it('keeps an exchange sealed that the store will never take', async () => {
    const w = wire((parts) => ({
      writer: {
        ...parts.writer,
        save: (assembled, alone) => {
          if (assembled.decoded.exchange.url.includes('unstorable')) throw new RangeError('too long');
          return parts.writer.save(assembled, alone);
        },
      },
    }));
    for (const marker of ['a', 'unstorable', 'b']) w.append(exchange(marker));
    expect((await w.drain()).map((item) => item.error?.code ?? null)).toEqual([null, 'pipeline_failed', null]);
  });

  it('leaves nothing of a record that throws half way through, and stores those around it once', async () => {
    const alone: (boolean | undefined)[] = [];
    const w = wire((parts) => ({
      assemble: (decoded, lineage) => {
        const made = parts.assemble(decoded, lineage);
        if (made.call !== null && decoded.exchange.url.includes('poison'))
          Object.defineProperty(made.call, 'new_decisions', {
            get() {
              throw new RangeError('half way');
            },
          });
        return made;
      },
      writer: {
        ...parts.writer,
        save: (assembled, byItself) => {
          alone.push(byItself);
          return parts.writer.save(assembled, byItself);
        },
      },
    }));
    for (const marker of ['a', 'poison', 'b']) w.append(exchange(marker));
    const stored = await w.drain();
    expect(stored.map((item) => item.error?.code ?? null)).toEqual([null, 'pipeline_failed', null]);
    expect(stored.map((item) => item.trace_id === null)).toEqual([false, true, false]);
    expect(w.reader.traces({ query: '', limit: 10, cursor: null }).items).toHaveLength(2);
    expect([w.counters.get('processed'), w.counters.get('stored'), w.counters.get('quarantined')]).toEqual([3, 3, 1]);
    expect(w.logged).toEqual(['exchange_sealed']);
    // As one batch up to the record that throws, then each by itself.
    expect(alone).toEqual([false, false, true, true, true, true]);
    w.append(exchange('c'));
    expect(await w.drain()).toHaveLength(4);
    expect(alone.at(-1)).toBe(false);
  });

  it('keeps a row without bodies of an exchange whose sealed shell cannot be stored either', async () => {
    const w = wire((parts) => ({
      writer: {
        ...parts.writer,
        save: (assembled, alone) => {
          const { request, url } = assembled.decoded.exchange;
          const { body } = request;
          if (url.includes('poison') || (body.kind === 'sealed' && Buffer.from(body.bytes).includes('poison')))
            throw new RangeError('no place for it');
          return parts.writer.save(assembled, alone);
        },
      },
    }));
    for (const marker of ['a', 'poison', 'b']) w.append(exchange(marker));
    const stored = await w.drain();
    expect(stored.map((item) => item.error?.code ?? null)).toEqual([null, 'pipeline_failed', null]);
    const whole = w.reader.exchange(stored[1]?.exchange_id as string, 10_000);
    expect(whole?.request).toMatchObject({ body_kind: 'empty', truncated: true });
    expect([w.counters.get('quarantined'), w.counters.get('bodies_lost')]).toEqual([1, 1]);
    expect(w.logged).toEqual(['exchange_sealed', 'exchange_bodies_lost']);
  });

  it('never reads a record again that it is told to skip', async () => {
    const skip = { segment: 0, offset: 0 };
    const read: string[] = [];
    const w = wire(() => ({
      skip,
      read: (captured) => {
        read.push(captured.url);
        return readExchange(captured);
      },
    }));
    w.append(exchange('first'));
    const { segment, offset } = placeOf(w.journal.position());
    Object.assign(skip, { segment, offset });
    w.append(exchange('killer'));
    w.append(exchange('last'));
    expect((await w.drain()).map((item) => item.error?.code ?? null)).toEqual([null, 'pipeline_failed', null]);
    expect(read.map((url) => url.split('=')[1])).toEqual(['first', 'last']);
  });

  it('stores all of a journal that begins anew in an emptied folder', async () => {
    const old = wire();
    for (let i = 0; i < 3; i++) old.append(exchange(`old-${i}`));
    expect(await old.drain()).toHaveLength(3);
    for (const close of closers.splice(0).reverse()) close();
    rmSync(join(old.folder, 'journal'), { recursive: true });
    const w = wire(undefined, old.folder, old.key);
    // Longer than the old one was: by number and place alone its beginning would seem stored.
    for (let i = 0; i < 6; i++) w.append(exchange(`new-${i}`));
    expect(await w.drain()).toHaveLength(9);
  });

  it('goes on behind what the first version had stored', async () => {
    const old = wire();
    old.append(exchange('stored'));
    await old.drain();
    const { segment, offset } = placeOf(old.journal.position());
    old.append(exchange('waits'));
    for (const close of closers.splice(0).reverse()) close();
    const writer = openWriter(join(old.folder, 'sluice.db'), { sealKey: old.key });
    writer.setCursor(JSON.stringify({ segment, offset }));
    writer.close();
    const w = wire(undefined, old.folder, old.key);
    expect(await w.drain()).toHaveLength(2);
    expect(w.counters.get('processed')).toBe(1);
  });

  it('commits a batch again, once, after the store refused it', async () => {
    let refusals = 2;
    const w = wire((parts) => ({
      writer: {
        ...parts.writer,
        transaction: (body) =>
          parts.writer.transaction(() => {
            body();
            if (refusals-- > 0) throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
          }),
      },
    }));
    for (let i = 0; i < 5; i++) w.append(exchange(`m${i}`));
    expect(await w.drain()).toHaveLength(5);
    expect(w.counters.get('stored')).toBe(5);
    expect(w.logged).toEqual(['store_failed', 'store_failed']);
  });
});
