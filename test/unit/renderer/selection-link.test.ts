import { expect, it } from 'vitest';
import { fromLink, toLink } from '../../../src/renderer/src/features/traces/selection-link.js';
import { mostInQuery } from '../../../src/renderer/src/features/traces/selection-query.js';
import { uuidv7 } from '../../../src/shared/ids.js';

it('a selection comes back of its address, which stays short', () => {
  const ids = new Set(Array.from({ length: mostInQuery }, () => uuidv7()));
  const link = toLink({ kind: 'rows', ids });
  expect(fromLink(link)).toEqual({ kind: 'rows', ids });
  expect(link?.length).toBeLessThan(2100);
  const matching = { kind: 'matching', until: '2026-05-01T10:00:00.000Z' } as const;
  expect(fromLink(toLink(matching))).toEqual(matching);
  expect(toLink({ kind: 'rows', ids: new Set() })).toBeNull();
});

it('what was written by hand and is none selects nothing', () => {
  for (const link of ['', 'x', 'all.yesterday', 'AAAA.BBBB', `${'A'.repeat(21)}!`]) {
    expect(fromLink(link)).toEqual({ kind: 'rows', ids: new Set() });
  }
});
