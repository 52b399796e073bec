import { expect, it } from 'vitest';
import { createTally } from '../../../src/main/audit/tally.js';
import type { AuditEntry, NewAuditEntry } from '../../../src/shared/model/index.js';

const actor = { kind: 'token', token_id: 'one' } as const;

function tally() {
  const written: NewAuditEntry[] = [];
  const clock = { now: Date.parse('2026-11-21T09:00:00Z') };
  const made = createTally(
    async (entry) => {
      written.push(entry);
      return entry as AuditEntry;
    },
    () => clock.now,
  );
  const counts = () => written.map(({ action, details }) => [action, details?.['count']]);
  return { ...made, written, clock, counts };
}

it('writes the first of a kind at once, and the rest of its hour as one entry', async () => {
  const { count, end, counts, written } = tally();
  for (let time = 0; time < 50; time++) await count({ action: 'ingest', actor, details: { way: 'otlp' } });
  expect(counts()).toEqual([['ingest', 1]]);
  await end();
  expect(counts()).toEqual([
    ['ingest', 1],
    ['ingest', 49],
  ]);
  expect(written[1]?.details).toMatchObject({ way: 'otlp', since: '2026-11-21T09:00:00.000Z' });
});

it('begins anew with every hour', async () => {
  const { count, clock, counts } = tally();
  await count({ action: 'ingest', actor });
  await count({ action: 'ingest', actor });
  clock.now += 3600_000;
  await count({ action: 'ingest', actor });
  expect(counts()).toEqual([
    ['ingest', 1],
    ['ingest', 1],
    ['ingest', 1],
  ]);
});

it('counts kinds apart, and nothing twice', async () => {
  const { count, end, counts } = tally();
  await count({ action: 'ingest', actor });
  await count({ action: 'ingest', actor: { ...actor, token_id: 'two' } });
  await count({ action: 'bodies_read', actor });
  await end();
  expect(counts()).toEqual([
    ['ingest', 1],
    ['ingest', 1],
    ['bodies_read', 1],
  ]);
});

it('holds a bounded number of kinds, and writes down what it lets go', async () => {
  const { count, counts } = tally();
  for (let token = 0; token < 1001; token++) {
    await count({ action: 'ingest', actor: { ...actor, token_id: `token-${token}` } });
    if (token === 0) await count({ action: 'ingest', actor: { ...actor, token_id: 'token-0' } }, 7);
  }
  expect(counts()).toHaveLength(1002);
  expect(counts().filter(([, times]) => times === 7)).toHaveLength(1);
});
