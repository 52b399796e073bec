import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { listOf } from '../../../src/main/ground/list.js';
import { eachOf, eachOfAsync } from '../../../src/main/ground/pages.js';
import { processAlive } from '../../../src/main/ground/process-alive.js';
import { openBox, sealBox } from '../../../src/main/ground/sealed-box.js';

const pages: Record<string, { items: number[]; next_cursor: string | null }> = {
  first: { items: [1, 2], next_cursor: 'b' },
  b: { items: [], next_cursor: 'c' },
  c: { items: [3], next_cursor: null },
};
const pageOf = (cursor: string | null) => pages[cursor ?? 'first'] as (typeof pages)[string];

describe('pages', () => {
  it('gives every item of every page, an empty one in the middle too', async () => {
    expect([...eachOf(pageOf)]).toEqual([1, 2, 3]);
    const waited: number[] = [];
    for await (const item of eachOfAsync(async (cursor) => pageOf(cursor))) waited.push(item);
    expect(waited).toEqual([1, 2, 3]);
  });

  it('asks for no page before it is needed', () => {
    const asked: (string | null)[] = [];
    const items = eachOf((cursor) => {
      asked.push(cursor);
      return pageOf(cursor);
    });
    expect([items.next().value, items.next().value]).toEqual([1, 2]);
    expect(asked).toEqual([null]);
  });
});

describe('processAlive', () => {
  it('tells a running process from one that has ended and from what is none', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    expect(processAlive(child.pid as number)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(processAlive(child.pid as number)).toBe(false);
    expect([0, -1, 1.5, Number.NaN].map(processAlive)).toEqual([false, false, false, false]);
  });
});

describe('sealed box', () => {
  const key = new Uint8Array(32).fill(7);
  const plain = Buffer.from('a value');
  const place = Buffer.from('here');

  it('opens with its key at its place, and is another each time', () => {
    const sealed = sealBox(key, plain, place);
    expect(openBox(key, sealed, place).equals(plain)).toBe(true);
    expect(sealBox(key, plain, place).equals(sealed)).toBe(false);
    expect(sealed.includes(plain)).toBe(false);
  });

  it('does not open with another key, at another place, or altered', () => {
    const sealed = sealBox(key, plain, place);
    expect(() => openBox(new Uint8Array(32), sealed, place)).toThrow();
    expect(() => openBox(key, sealed, Buffer.from('there'))).toThrow();
    for (let at = 0; at < sealed.length; at++) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] as number) ^ 1;
      expect(() => openBox(key, altered, place)).toThrow();
    }
    expect(() => openBox(key, sealed.subarray(0, 20), place)).toThrow();
  });
});

describe('listOf', () => {
  it('keeps the entries in their order and refuses an id that is given twice', () => {
    const entries = [
      { id: 'one', title: 'One' },
      { id: 'two', title: 'Two' },
    ] as const;
    expect(listOf('things', entries)).toBe(entries);
    expect(() => listOf('things', [...entries, { id: 'one', title: 'Again' }])).toThrow(/things have the id one/);
  });
});
