import type { InfiniteData } from '@tanstack/react-query';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorOfRow, mergeHead, refreshRows, without } from '../../../src/renderer/src/rpc/merge-head.js';
import type { Page } from '../../../src/shared/model/index.js';

type Data = InfiniteData<Page<number>, string | null>;
const id = (item: number) => String(item);
const page = (items: number[], more: boolean): Page<number> => ({
  items,
  next_cursor: more ? String(items.at(-1)) : null,
});

/** Newest first: the pages that a list of `all` gives at `size` a page. */
function load(all: number[], size: number, pages: number): Data {
  const data: Data = { pages: [], pageParams: [] };
  for (let at = 0; at < all.length && data.pages.length < pages; at += size) {
    data.pages.push(page(all.slice(at, at + size), at + size < all.length));
    data.pageParams.push(at === 0 ? null : String(all[at - 1]));
  }
  return data;
}

const shown = (data: Data) => data.pages.flatMap(({ items }) => items);

describe('mergeHead', () => {
  it('brings new rows in front and keeps every older one', () => {
    const merged = mergeHead(load([5, 4, 3, 2, 1], 2, 2), page([7, 6, 5], true), id);
    expect(shown(merged)).toEqual([7, 6, 5, 4, 3, 2]);
    expect(merged.pages.at(-1)?.next_cursor).toBe('2');
  });

  it('drops what was deleted within the fresh page', () => {
    expect(shown(mergeHead(load([5, 4, 3, 2, 1], 5, 1), page([5, 3, 2], true), id))).toEqual([5, 3, 2, 1]);
  });

  it('starts over where more came than one page holds: a gap must not look whole', () => {
    const merged = mergeHead(load([3, 2, 1], 3, 1), page([9, 8, 7], true), id);
    expect(shown(merged)).toEqual([9, 8, 7]);
    expect(merged.pageParams).toEqual([null]);
  });

  it('is always a prefix of the true list', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 4 }),
        (old, fresh, size, pages) => {
          const before = Array.from({ length: old }, (_, index) => old - index);
          const now = Array.from({ length: old + fresh }, (_, index) => old + fresh - index);
          const loaded = load(before, size, pages);
          if (loaded.pages.length === 0) return;
          const merged = mergeHead(loaded, page(now.slice(0, size), size < now.length), id);
          expect(shown(merged)).toEqual(now.slice(0, shown(merged).length));
          const end = merged.pages.at(-1)?.next_cursor ?? null;
          expect(end === null).toBe(shown(merged).length === now.length);
        },
      ),
    );
  });
});

describe('rows that are held', () => {
  interface Row {
    id: string;
    text: string;
  }
  const row = (id: string, text = 'old'): Row => ({ id, text });
  const idOfRow = ({ id: its }: Row) => its;
  const data = {
    pages: [
      { items: [row('a'), row('b')], next_cursor: 'b' },
      { items: [row('c')], next_cursor: null },
    ],
    pageParams: [null, 'b'],
  };

  it('take over what changed, and none comes, goes or moves', () => {
    const { pages } = refreshRows(data, [row('c', 'new'), row('x', 'new'), row('a', 'new')], idOfRow);
    expect(pages.map(({ items }) => items.map(({ id: its, text }) => `${its} ${text}`))).toEqual([
      ['a new', 'b old'],
      ['c new'],
    ]);
  });

  it('are taken out by id, wherever they stand', () => {
    const { pages } = without(data, new Set(['a', 'c']), idOfRow);
    expect(pages.map(({ items }) => items.map(idOfRow))).toEqual([['b'], []]);
  });

  it('know where their page begins', () => {
    expect([0, 1, 2, 3].map((index) => cursorOfRow(data, index))).toEqual([null, null, 'b', null]);
  });
});
