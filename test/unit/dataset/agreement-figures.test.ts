import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ExportSource, exportDataset } from '../../../src/main/dataset/index.js';
import { nearFigures } from '../../../src/main/engine/near-figures.js';
import { agreementOf } from '../../../src/main/review/index.js';
import { agentSession, sessionSource } from '../../support/traces.js';
import { exportOptions, freshFolder, unhurried } from './support.js';

const member = (trace_id: string, kept_trace_id: string) => ({ trace_id, seq: 0, kept_trace_id, kept_seq: 0 });

it('near-duplicates: who is kept, who repeats it, who is outside', () => {
  const stored = [
    member('a', 'a'),
    member('b', 'a'),
    member('c', 'a'),
    member('x', 'y'),
    member('y', 'y'),
    member('p', 'q'),
  ];
  const near = { memberships: (level: string) => (level === 'task' ? stored : []) };
  expect(nearFigures(near as never, new Set(['a', 'b', 'x', 'z']))).toEqual({
    task: { clusters: 2, traces: 3, kept: 1, repeated: 2, outside: 2 },
    trajectory: { clusters: 0, traces: 0, kept: 0, repeated: 0, outside: 0 },
  });
  expect(nearFigures({ memberships: () => [] }, new Set(['a']))).toBe(null);
});

it('a dataset says how far its reviewers agree, without their names, and what of it repeats', async () => {
  const sessions = [1, 2, 3, 4].map((seed) => agentSession(seed, 1));
  const asked: { ids?: readonly string[]; seed?: number } = {};
  const said = (reviewer: string, values: string[]) =>
    values.map((value, at) => ({ unit: String(at), reviewer, value, again: false }));
  const source: ExportSource = {
    ...sessionSource(sessions),
    agreement(ids, seed) {
      Object.assign(asked, { ids, seed });
      const rows = [
        ...said('Olive Harbour', ['accepted', 'accepted', 'rejected', 'rejected']),
        ...said('Jo Pike', ['accepted', 'rejected', 'rejected', 'rejected']),
      ];
      return [agreementOf({ rows, scores: [], cut: false }, { field: 'label', seed, acceptFrom: 3 })];
    },
    nearDuplicates: (ids) => ({ task: { clusters: 1, traces: 2, kept: 1, repeated: 1, outside: ids.size } }),
  };
  const out = join(await freshFolder(), 'out');
  await exportDataset(exportOptions({ seed: 5 }), source, out, unhurried());
  const quality = JSON.parse(await readFile(join(out, 'quality.json'), 'utf8'));
  expect([...(asked.ids ?? [])].sort()).toEqual(sessions.map(({ trace }) => trace.trace_id).sort());
  expect(asked.seed).toBe(5);
  // By hand: they agree on 3 of 4; by chance on (2/4)(1/4) + (2/4)(3/4) = 1/2; kappa = (3/4 - 1/2) / (1/2) = 1/2.
  expect(quality.agreement.between).toMatchObject([
    {
      field: 'label',
      units: 4,
      reviewers: 2,
      pairs: [{ reviewers: [1, 2], units: 4, observed: 0.75, kappa: { value: expect.closeTo(0.5, 6) } }],
    },
  ]);
  expect(quality.duplicates.near).toEqual({ task: { clusters: 1, traces: 2, kept: 1, repeated: 1, outside: 4 } });
  const text = await readFile(join(out, 'QUALITY.md'), 'utf8');
  expect(text).toContain('| label | 1 and 2 | 4 | 75.0 % | 0.50');
  expect(text).toContain('| task | 1 | 2 | 1 | 1 | 25.0 % | 4 |');
  for (const file of [text, JSON.stringify(quality)]) expect(file).not.toMatch(/Harbour|Pike/);
});

it('says so where nobody compared or judged', async () => {
  const out = join(await freshFolder(), 'out');
  await exportDataset(exportOptions(), sessionSource([agentSession(1, 1)]), out, unhurried());
  const text = await readFile(join(out, 'QUALITY.md'), 'utf8');
  expect(text).toContain('Nobody looked for near-duplicates');
  expect(text).toContain('No trace was judged by two reviewers');
});
