import { randomBytes } from 'node:crypto';
import fs, {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { journalBegin as begin, type JournalCursor, placeOf } from '../../../src/main/journal/cursor.js';
import { type JournalEntry, openJournalReader } from '../../../src/main/journal/reader.js';
import { type JournalWriter, openJournalWriter } from '../../../src/main/journal/writer.js';
import type { CapturedExchange } from '../../../src/shared/model/index.js';

const key = randomBytes(32);
const none = { parts: [], tail: [] };
const far: JournalCursor = ':1000000:0';

function exchange(id: string): CapturedExchange {
  const message = {
    http_version: '1.1',
    headers: [['x-secret', 'planted-value']] as [string, string][],
    trailers: [],
    body: new Uint8Array(0),
    bytes: 0,
    truncated: false,
    chunks: [],
  };
  return {
    exchange_id: id,
    kind: 'http',
    via: 'forward',
    client: { address: '127.0.0.1', port: 1, connection: 1, protocol: 'http/1.1' },
    method: 'POST',
    url: 'http://x/',
    request: { ...message },
    response: { ...message, status: 200, status_text: 'OK', informational: [] },
    started_at: 1,
    ended_at: 2,
    state: 'complete',
  };
}
const open = (folder: string): JournalWriter =>
  openJournalWriter(folder, key, (error) => {
    throw error;
  });
const fresh = () => join(mkdtempSync(join(tmpdir(), 'sluice-journal-')), 'journal');
function all(folder: string, from = begin, limit = far): JournalEntry[] {
  const reader = openJournalReader(folder, key);
  const entries: JournalEntry[] = [];
  for (let at: JournalCursor = from; ; ) {
    const entry = reader.next(at, limit);
    if (!entry) break;
    entries.push(entry);
    at = entry.next;
  }
  reader.close();
  return entries;
}
const ids = (entries: JournalEntry[]) =>
  entries.map((e) => (e.kind === 'exchange' ? e.exchange.exchange_id : `!${e.damage.reason}`));

describe('journal', () => {
  it('measures from before everything to where it stands by what lies in it', () => {
    const folder = fresh();
    const writer = open(folder);
    const first = writer.position();
    writer.append(exchange('a'), none, none);
    const reader = openJournalReader(folder, key);
    const whole = reader.distance(begin, writer.position());
    expect(whole).toBe(reader.distance(first, writer.position()));
    expect(whole).toBeLessThan(2000);
    expect([reader.named(begin), reader.named(first)]).toEqual([false, true]);
    reader.close();
    writer.close();
  });

  it('gives back what was written, in order, with nothing readable on disk', () => {
    const folder = fresh();
    const writer = open(folder);
    const body = Buffer.from('planted-value in the body');
    const positions = ['a', 'b', 'c'].map((id) => writer.append(exchange(id), { parts: [], tail: [body] }, none));
    const entries = all(folder);
    expect(ids(entries)).toEqual(['a', 'b', 'c']);
    const first = entries[0] as JournalEntry & { kind: 'exchange' };
    expect(Buffer.from(first.exchange.request.body).toString()).toBe(body.toString());
    expect(first.exchange.response?.body).toHaveLength(0);
    expect(ids(all(folder, positions[0]))).toEqual(['b', 'c']);
    expect(ids(all(folder, begin, positions[1]))).toEqual(['a', 'b']);
    for (const name of readdirSync(folder))
      expect(readFileSync(join(folder, name)).includes('planted-value')).toBe(false);
    writer.close();
  });

  it('joins bodies whose parts were written before', () => {
    const folder = fresh();
    const writer = open(folder);
    const big = randomBytes(700_000);
    const parts = [writer.appendPart([big.subarray(0, 300_000)]), writer.appendPart([big.subarray(300_000, 600_000)])];
    writer.append(exchange('between'), none, none);
    writer.append(exchange('big'), none, { parts, tail: [big.subarray(600_000)] });
    const entries = all(folder);
    expect(ids(entries)).toEqual(['between', 'big']);
    const last = entries[1] as JournalEntry & { kind: 'exchange' };
    expect(Buffer.from(last.exchange.response?.body ?? []).equals(big)).toBe(true);
    const reader = openJournalReader(folder, key);
    expect(reader.count(begin, far)).toBe(2);
    reader.close();
    writer.close();
  });

  it('hands large bodies on piece by piece', () => {
    const folder = fresh();
    const writer = open(folder);
    const big = randomBytes(6_000_000);
    const parts = Array.from({ length: 20 }, (_, i) =>
      writer.appendPart([big.subarray(i * 250_000, (i + 1) * 250_000)]),
    );
    writer.append(exchange('huge'), { parts, tail: [big.subarray(5_000_000)] }, none);
    const reader = openJournalReader(folder, key);
    const entry = reader.next(begin, far) as JournalEntry & { kind: 'exchange' };
    const { body, pieces } = entry.exchange.request;
    expect(body).toHaveLength(250_000);
    expect(Buffer.concat([...(pieces?.() ?? [])]).equals(big)).toBe(true);
    reader.close();
    writer.close();
  });

  it('goes on after a torn tail in a segment of its own', () => {
    const folder = fresh();
    const writer = open(folder);
    writer.append(exchange('a'), none, none);
    writer.append(exchange('torn'), none, none);
    writer.close();
    const file = join(folder, readdirSync(folder)[0] as string);
    truncateSync(file, statSync(file).size - 7);
    const next = open(folder);
    next.append(exchange('b'), none, none);
    expect(ids(all(folder))).toEqual(['a', '!torn', 'b']);
    next.close();
  });

  it('names an altered record and reads the ones after it', () => {
    const folder = fresh();
    const writer = open(folder);
    const first = writer.append(exchange('a'), none, none);
    writer.append(exchange('altered'), none, none);
    writer.append(exchange('c'), none, none);
    writer.close();
    const file = join(folder, readdirSync(folder)[0] as string);
    const bytes = readFileSync(file);
    const { offset } = placeOf(first);
    bytes[offset + 40] = (bytes[offset + 40] as number) ^ 1;
    writeFileSync(file, bytes);
    expect(ids(all(folder))).toEqual(['a', '!altered', 'c']);
  });

  it('reads nothing with another key', () => {
    const folder = fresh();
    const writer = open(folder);
    writer.append(exchange('a'), none, none);
    writer.close();
    const reader = openJournalReader(folder, randomBytes(32));
    expect(reader.next(begin, far)).toMatchObject({ kind: 'damage', damage: { reason: 'altered' } });
  });

  it('deletes segments only when nothing needs them', () => {
    const folder = fresh();
    const chunk = randomBytes(5_000_000);
    const writer = open(folder);
    const pinned = writer.appendPart([chunk]);
    for (let i = 0; i < 16; i++) writer.append(exchange(`e${i}`), { parts: [], tail: [chunk] }, none);
    const here = writer.position();
    expect(readdirSync(folder).length).toBeGreaterThan(2);
    writer.acknowledge(here);
    // The first one holds a part of an exchange that is still open, the last one is being written.
    expect(readdirSync(folder)).toHaveLength(2);
    writer.unpin([pinned]);
    writer.acknowledge(here);
    expect(readdirSync(folder)).toHaveLength(1);
    writer.close();
    const second = open(folder);
    second.append(exchange('later'), none, none);
    second.acknowledge(here);
    expect(ids(all(folder, here))).toEqual(['later']);
    second.acknowledge(second.position());
    expect(readdirSync(folder)).toHaveLength(1);
    second.close();
  });

  it('knows an emptied folder by the salt, however far the new journal has grown', () => {
    for (const written of [1, 2, 5]) {
      const folder = fresh();
      const old = open(folder);
      for (const id of ['a', 'b']) old.append(exchange(id), none, none);
      const stored = old.position();
      old.close();
      const reader = openJournalReader(folder, key);
      expect(reader.resume(stored, null)).toBe(stored);
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      const writer = open(folder);
      for (let i = 0; i < written; i++) writer.append(exchange(`new-${i}`), none, none);
      const from = reader.resume(stored, writer.position());
      expect(from).toBe(begin);
      const entry = reader.next(from, writer.position());
      expect(entry && ids([entry])).toEqual(['new-0']);
      expect(ids(all(folder, openJournalReader(folder, key).resume(stored, null)))).toHaveLength(written);
      writer.close();
      reader.close();
    }
  });

  it('goes on where the segments before it are gone, and reads the cursor of the first version', () => {
    const folder = fresh();
    const first = open(folder);
    first.append(exchange('stored'), none, none);
    const { segment, offset } = placeOf(first.position());
    const cursor = JSON.stringify({ segment, offset });
    first.append(exchange('waits'), none, none);
    first.close();
    const second = open(folder);
    second.append(exchange('new'), none, none);
    const reader = openJournalReader(folder, key);
    expect(reader.resume(cursor, second.position())).toBe(cursor);
    expect(reader.count(cursor, second.position())).toBe(2);
    expect(ids(all(folder, cursor, second.position()))).toEqual(['waits', 'new']);
    const behind = all(folder, cursor)[0]?.next as JournalCursor;
    expect(placeOf(behind).salt).not.toBe('');
    second.acknowledge(second.position());
    expect(readdirSync(folder)).toHaveLength(1);
    expect(reader.resume(second.position(), second.position())).toBe(second.position());
    second.close();
    reader.close();
    expect(() => placeOf('{"segment":"1"}')).toThrow(RangeError);
  });

  it('ignores files that are not segments', () => {
    const folder = fresh();
    const writer = open(folder);
    writer.append(exchange('a'), none, none);
    appendFileSync(join(folder, 'notes.txt'), 'x');
    writeFileSync(join(folder, '0000000099.slj'), 'short');
    expect(ids(all(folder)).filter((id) => !id.startsWith('!'))).toEqual(['a']);
    writer.close();
  });

  it('keeps the parts of an exchange until that exchange is acknowledged', () => {
    const folder = fresh();
    const writer = open(folder);
    const big = randomBytes(1_000_000);
    const parts = [writer.appendPart([big])];
    const other = randomBytes(8_000_000);
    // Fills the first segment, so that the exchange ends in a later one.
    for (let i = 0; i < 5; i++) writer.appendPart([other]);
    const before = writer.append(exchange('before'), none, none);
    const at = writer.append(exchange('big'), none, { parts, tail: [] });
    writer.unpin(parts);
    writer.unpin(Array.from({ length: 5 }, () => ({ segment: 1, offset: 0, bytes: 0 })));
    writer.acknowledge(before);
    expect(ids(all(folder, before, at))).toEqual(['big']);
    writer.acknowledge(at);
    expect(readdirSync(folder)).toHaveLength(1);
    writer.close();
  });

  it('goes on in a segment of its own after a full disk', () => {
    const folder = fresh();
    const writer = open(folder);
    writer.append(exchange('a'), none, none);
    const { writevSync, writeSync } = fs;
    const full = () => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    // Half a record gets through before the disk is full, and a new segment cannot be begun either.
    fs.writevSync = ((file: number, buffers: Buffer[]) => {
      writeSync(file, buffers[0] as Buffer);
      Object.assign(fs, { writevSync: full, writeSync: full });
      syncBuiltinESMExports();
      return full();
    }) as never;
    syncBuiltinESMExports();
    try {
      for (const id of ['b', 'c']) expect(() => writer.append(exchange(id), none, none)).toThrow('no space');
    } finally {
      Object.assign(fs, { writevSync, writeSync });
      syncBuiltinESMExports();
    }
    writer.append(exchange('d'), none, none);
    writer.append(exchange('e'), none, none);
    writer.close();
    expect(ids(all(folder)).filter((id) => !id.startsWith('!'))).toEqual(['a', 'd', 'e']);
  });
});
