import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthPrefixedId } from '../../../../src/main/ground/derived-ids.js';
import type { Importer, ImportItem } from '../../../../src/main/intake/importers/importer.js';
import { detectImporter, importerById, importers } from '../../../../src/main/intake/importers/index.js';
import { decompressed, headBytes, peek, readHead } from '../../../../src/main/intake/importers/reading/input.js';
import { recordExchange } from '../../../../src/main/intake/records.js';
import { fixtures, pieces, read } from './support.js';

const all = fixtures();
const importerOf = (id: string) => importerById(id) as Importer;
const nameOf = (item: ImportItem) =>
  'record' in item
    ? lengthPrefixedId(0, item.record.source, item.record.key)
    : 'exchange' in item
      ? item.exchange.exchange_id
      : null;

describe('every importer', () => {
  it('has a fixture', () => {
    expect(importers.map(({ id }) => id).filter((id) => !all.some(({ importer }) => importer === id))).toEqual([]);
  });

  it.each(all)('$importer alone claims $name, by its content', ({ importer, bytes }) => {
    const head = readHead('unnamed', bytes.subarray(0, headBytes));
    expect(importers.filter((candidate) => candidate.detect(head) > 0).map(({ id }) => id)).toEqual([importer]);
    expect(detectImporter(head)?.id).toBe(importer);
  });

  it.each(all)('$importer claims $name where only its first half is in the head', ({ importer, bytes }) => {
    const head = readHead('unnamed', bytes.subarray(0, Math.ceil(bytes.length / 2)));
    expect(detectImporter(head)?.id).toBe(importer);
  });

  it.each(all)(
    '$importer reads $name the same in pieces of any size, with keys of its own',
    async ({ importer, bytes }) => {
      const whole = await read(importerOf(importer), bytes);
      expect(whole.some((item) => !('skipped' in item))).toBe(true);
      const names = whole.map(nameOf).filter((name) => name !== null);
      expect(new Set(names).size).toBe(names.length);
      for (const size of [1, 7, 1000]) expect(await read(importerOf(importer), bytes, size)).toEqual(whole);
    },
  );

  it.each(all)('$importer gives records of $name that are JSON and in time', async ({ importer, bytes }) => {
    for (const item of await read(importerOf(importer), bytes)) {
      if (!('record' in item)) continue;
      const { record } = item;
      expect(JSON.parse(new TextDecoder().decode(recordExchange(record).request.body))).toEqual(
        JSON.parse(JSON.stringify(record)),
      );
      expect(record.source).toMatch(/^(import:|otlp)/);
      expect(record.started_at).toBeGreaterThan(1e15);
      expect(record.ended_at).toBeGreaterThanOrEqual(record.started_at);
    }
  });

  it.each(all)('$importer keeps what stands before the cut of $name', async ({ importer, bytes }) => {
    const whole = (await read(importerOf(importer), bytes)).map(nameOf);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async (at) => {
        const items = await read(importerOf(importer), bytes.subarray(0, at));
        const names = items.map(nameOf).filter((name) => name !== null);
        // Whatever was whole before the cut comes as in the whole file; only what the cut touches may differ.
        const same = names.filter((name) => whole.includes(name)).length;
        expect(names.length - same).toBeLessThanOrEqual(cutTouches(importer));
      }),
      { numRuns: 40 },
    );
  });

  it('reads gzip and zstd', async () => {
    const { bytes } = all.find(({ importer }) => importer === 'claude-code') as (typeof all)[number];
    for (const packed of [gzipSync(bytes), zstdCompressSync(bytes)]) {
      const { head } = await peek(await decompressed(pieces(packed, 100)), headBytes);
      expect(Buffer.from(head).equals(bytes)).toBe(true);
    }
  });

  it('gives out what a cut archive still held', async () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `${index} ${Math.sin(index)}\n`).join('');
    const packed = gzipSync(text);
    let size = 0;
    const reading = async () => {
      for await (const chunk of await decompressed(pieces(packed.subarray(0, packed.length / 2), 1000)))
        size += chunk.length;
    };
    await expect(reading()).rejects.toMatchObject({ code: 'import_unreadable' });
    expect(size).toBeGreaterThan(text.length / 4);
  });

  it('claims nothing of what is none of these', () => {
    const foreign = [
      '',
      '{}',
      '[]',
      '{"a":1}\n{"a":2}\n',
      'id,name\n1,x\n',
      '<html></html>',
      '\u0000\u0001',
      '{"messages":"no"}',
      '{"log":3}',
    ];
    for (const text of foreign) expect(detectImporter(readHead('x', Buffer.from(text))), text).toBeNull();
    fc.assert(fc.property(fc.json(), (text) => detectImporter(readHead('x', Buffer.from(text))) === null));
  });
});

/**
 * How many records a cut may change: the answer it falls into is given under another key, because its end may still
 * come; single documents are read whole or not at all.
 */
function cutTouches(importer: string): number {
  // For each of its two traces: the answer that is being collected, and what was said and not answered yet.
  if (importer === 'claude-code') return 4;
  // What was said last and has no answer yet, of each agent.
  if (importer === 'openhands') return 2;
  if (importer === 'mitmproxy' || importer === 'gemini-cli') return 1;
  return importer === 'codex' ? 1 : 0;
}
