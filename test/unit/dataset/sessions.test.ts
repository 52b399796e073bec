import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportDataset, verifyDataset } from '../../../src/main/dataset/index.js';
import { agentSession, sessionSource, testId } from '../../support/traces.js';
import { exportOptions, freshFolder, readJsonl, unhurried } from './support.js';

it('hf-traces writes each session into a file of its own, with its head first', async () => {
  const at = '2026-11-21T09:30:00.000Z';
  const sessions = [1, 2, 3, 4, 5].map((seed) => {
    const session = agentSession(seed, 1);
    const said = {
      step_id: testId(4, seed),
      seq: 0,
      timestamp: at,
      type: 'message',
      role: 'user',
      content: `go ${seed}`,
    };
    // Nothing was said in the last one.
    session.trace.steps = seed === 5 ? [] : [{ ...said, call_id: null } as never];
    return session;
  });
  const out = join(await freshFolder(), 'out');
  const split = { train: 0.5, test: 0.5 };
  await exportDataset(
    exportOptions({ layout: 'hf-traces', split, seed: 2 }),
    sessionSource(sessions),
    out,
    unhurried(),
  );
  const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
  const files = manifest.files.filter(({ rows }: { rows: number }) => rows > 0);
  const ids: unknown[] = [];
  for (const { name, rows } of files) {
    const lines = await readJsonl(join(out, name));
    expect(lines.map(({ type }) => type)).toEqual(['session', 'message']);
    expect(rows).toBe(2);
    ids.push(lines[0]?.id);
  }
  expect(ids.sort()).toEqual(sessions.slice(0, 4).map(({ trace }) => trace.trace_id));
  expect(await verifyDataset(out)).toMatchObject({ problems: [], manifest_ok: true });
  const card = await readFile(join(out, 'README.md'), 'utf8');
  // The Hub looks for sessions where it is not told what the columns are.
  expect(card).not.toContain('dataset_info');
  for (const { name } of files) expect(card).toContain(`- ${name}`);
});
