import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { readExchange } from '../../../src/main/decode/index.js';
import { openJournalReader } from '../../../src/main/journal/reader.js';
import { openJournalWriter } from '../../../src/main/journal/writer.js';
import { createGateAhead, goAhead } from '../../../src/main/pipeline/gate-ahead.js';
import { createRedactor, defaultPolicy } from '../../../src/main/redact/index.js';
import { uuidv7 } from '../../../src/shared/ids.js';
import type { CapturedExchange } from '../../../src/shared/model/index.js';

const mail = 'ines.quarry@slate.example.org';
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});

function exchange(number: number, padding = 0): CapturedExchange {
  const body = Buffer.from(JSON.stringify({ note: `${number}: write to ${mail}`, padding: 'x '.repeat(padding) }));
  return {
    exchange_id: uuidv7(),
    kind: 'http',
    via: 'import',
    client: { address: '', port: 0, connection: 0, protocol: 'http/1.1' },
    method: 'POST',
    url: 'sluice:quarry',
    request: {
      http_version: '1.1',
      headers: [['content-type', 'application/json']],
      trailers: [],
      body,
      bytes: body.length,
      truncated: false,
      chunks: [],
    },
    started_at: number,
    ended_at: number + 1,
    state: 'complete',
  };
}

/** A journal with these records, and both sides of the gate on this thread. */
function wire(exchanges: CapturedExchange[], failing = new Set<string>()) {
  const key = randomBytes(32);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-ahead-'));
  const journal = openJournalWriter(folder, key, () => {});
  const empty = { parts: [], tail: [] };
  for (const each of exchanges) journal.append(each, { parts: [], tail: [each.request.body] }, empty);
  const redactor = createRedactor({ policy: defaultPolicy, key });
  const reader = openJournalReader(folder, key);
  const made: string[] = [];
  let started = 0;
  let lose = () => {};
  const ahead = createGateAhead((from, lost) => {
    started += 1;
    lose = lost;
    const { port1, port2 } = new MessageChannel();
    goAhead(from, {
      reader: openJournalReader(folder, key),
      redact: (captured) => {
        if (failing.has(captured.exchange_id)) throw new Error('cannot');
        made.push(captured.exchange_id);
        return redactor.exchange(readExchange(captured));
      },
      skip: null,
      port: port2,
    });
    return { port: port1, end: () => port1.close() };
  }, reader.before);
  closers.push(
    () => ahead.forget(),
    () => reader.close(),
    () => journal.close(),
  );
  const limit = journal.position();
  const entries: { from: string; next: string; at: { segment: number; offset: number }; id: string }[] = [];
  for (let cursor = reader.resume(null, limit); ; ) {
    const entry = reader.next(cursor, limit);
    if (entry?.kind !== 'exchange') break;
    const { at, next } = entry;
    entries.push({ from: cursor, next, at, id: entry.exchange.exchange_id });
    cursor = next;
  }
  return {
    ahead,
    entries,
    made,
    limit,
    start: reader.resume(null, limit),
    started: () => started,
    lose: () => lose(),
    here: (each: CapturedExchange) => redactor.exchange(readExchange(each)),
    /** Lets the gate work until it has made so many. */
    async until(count: number) {
      while (made.length < count) await turn();
    },
  };
}

const plain = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (name, each: unknown) => (name === 'finding_id' ? '' : each)));

describe('the gate ahead of the store', () => {
  it('makes of each record what is made of it here', async () => {
    const exchanges = Array.from({ length: 40 }, (_, number) => exchange(number));
    const w = wire(exchanges);
    w.ahead.grow(w.start, w.limit, true);
    await w.until(39);
    // The place before everything is called alike in every journal.
    expect(w.ahead.take(w.start)).toBeNull();
    for (const [index, { from, at, next }] of [...w.entries.entries()].slice(1)) {
      const taken = w.ahead.take(from);
      expect(taken).toMatchObject({ at, next });
      expect(plain(taken?.redacted)).toEqual(plain(w.here(exchanges[index] as CapturedExchange)));
      expect(JSON.stringify(taken)).not.toContain(mail);
    }
  });

  it('begins a thread only where much waits', async () => {
    const w = wire([exchange(1)]);
    w.ahead.grow(w.start, w.limit, false);
    await turn();
    expect([w.started(), w.ahead.take(w.entries[0]?.from as string)]).toEqual([0, null]);
  });

  it('holds no more than there is room for, and goes on as it is taken', async () => {
    const exchanges = Array.from({ length: 20 }, (_, number) => exchange(number, 400_000));
    const w = wire(exchanges);
    w.ahead.grow(w.start, w.limit, true);
    await w.until(6);
    for (let i = 0; i < 50; i++) await turn();
    expect(w.made.length).toBeLessThan(8);
    for (const [index, { from, id }] of [...w.entries.entries()].slice(1)) {
      await w.until(index);
      await turn();
      expect(w.ahead.take(from)?.redacted.exchange_id).toBe(id);
    }
  });

  it('passes over what the store has done itself, what it cannot do, and what is too large', async () => {
    const exchanges = [exchange(0), exchange(1), exchange(2, 1_100_000), exchange(3)];
    const w = wire(exchanges, new Set([exchanges[1]?.exchange_id as string]));
    w.ahead.grow(w.start, w.limit, true);
    await w.until(1);
    await turn();
    const taken = w.entries.slice(1).map(({ from }) => w.ahead.take(from)?.redacted.exchange_id ?? null);
    expect(taken).toEqual([null, null, w.entries[3]?.id]);
  });

  it('gives nothing that was made by other rules, of another journal, or by a thread that is gone', async () => {
    const w = wire([exchange(0), exchange(1), exchange(2), exchange(3)]);
    const [, first, second, third] = w.entries;
    w.ahead.grow(w.start, w.limit, true);
    await w.until(3);
    await turn();
    const otherSalt = first?.from.replace(/^[0-9a-f]+/, (salt) => '0'.repeat(salt.length));
    expect(w.ahead.take(otherSalt as string)).toBeNull();
    w.ahead.forget();
    expect(w.ahead.take(second?.from as string)).toBeNull();
    w.ahead.grow(w.start, w.limit, true);
    await w.until(6);
    w.lose();
    expect(w.ahead.take(third?.from as string)).toBeNull();
    w.ahead.grow(w.start, w.limit, true);
    expect(w.started()).toBe(2);
  });
});
