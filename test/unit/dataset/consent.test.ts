import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  eraseFromDataset,
  exportDataset,
  fileFormats,
  layouts,
  previewDataset,
  verifyDataset,
} from '../../../src/main/dataset/index.js';
import { provenanceColumns } from '../../../src/main/dataset/provenance.js';
import type { Consent, ExportOptions, Json, Trace } from '../../../src/shared/model/index.js';
import { fileFormatIds, layoutIds } from '../../../src/shared/model/index.js';
import { agentSession, sessionSource } from '../../support/traces.js';
import { exportOptions, freshFolder, readJsonl, unhurried } from './support.js';

const allowed: Consent = {
  version: 1,
  subject: '<PERSON_0a1b2c3d>',
  given_at: null,
  basis: 'consent',
  scope: ['training'],
  licence: 'CC-BY-4.0',
  provider_terms: 'allowed',
  provider_terms_note: null,
  source: 'proxy',
  recorded_by: 'studio',
  recorded_at: '2026-11-21T09:00:00.000Z',
};
const consents: (Consent | null)[] = [
  allowed,
  { ...allowed, licence: 'MIT', scope: ['evaluation'] },
  null,
  { ...allowed, provider_terms: 'restricted', licence: 'a | b' },
];

function source(required: boolean, given = consents) {
  const sessions = given.map((consent, index) => agentSession(index, 2, { consent, decisions: [], revision: 1 }));
  for (const { trace } of sessions) {
    trace.metadata = { developer_id: 'dev-1', repo: { name: 'shop' } };
    trace.decisions = [
      {
        decision_id: trace.trace_id,
        trace_id: trace.trace_id,
        call_id: null,
        timestamp: trace.started_at,
        available_options: [],
        decision: 'search',
        reasoning: 'It is not at hand',
        tool_call_ids: [],
        origin: 'explicit',
      },
    ];
    trace.steps = [
      {
        step_id: trace.trace_id,
        seq: 0,
        timestamp: trace.started_at,
        type: 'message',
        role: 'user',
        content: 'Look for it',
        call_id: trace.calls[0]?.call_id ?? null,
      },
      {
        step_id: `${trace.trace_id}-told`,
        seq: 1,
        timestamp: trace.started_at,
        type: 'state_change',
        description: 'Gold trace',
        data: { gold_trace: { request: { text: 'Look for it' }, graph: { calls: [] } } },
        call_id: null,
      },
    ];
  }
  return { ...sessionSource(sessions), consentRequired: () => required };
}

async function written(options: Partial<ExportOptions>, required: boolean, given = consents) {
  const out = join(await freshFolder(), 'out');
  const chosen = exportOptions({ pseudonyms: 'project', ...options });
  const result = await exportDataset(chosen, source(required, given), out, unhurried());
  const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
  const card = await readFile(join(out, 'README.md'), 'utf8');
  const rows: { [key: string]: Json | undefined }[] = [];
  for (const { name } of manifest.files)
    for await (const row of fileFormats[chosen.format].rows(join(out, name), manifest.columns)) rows.push(row);
  return { out, result, manifest, card, rows };
}

/** Layouts of what somebody said of a session or knows of its repository, or of what few wires carry: plain ones give no row of them. */
const ofLabels: readonly string[] = [
  'openai-preference',
  'trl-preference',
  'trl-kto',
  'axolotl-stepwise',
  'axolotl-kd',
  'prm800k',
  'harbor-task',
];

describe.each(layoutIds.filter((id) => !ofLabels.includes(id)))('an export as %s', (layout) => {
  it.each(fileFormatIds)('takes only what its consent allows, in %s', async (format) => {
    const { result, manifest, rows } = await written({ layout, format }, true);
    expect(result.traces).toBe(1);
    expect(manifest.skipped).toEqual({
      'no consent': 1,
      'no consent for training': 1,
      'provider terms forbid training': 1,
    });
    expect(manifest.consent).toMatchObject({
      scope: 'training',
      required: true,
      override: null,
      traces: {
        basis: { consent: 1 },
        licence: { 'CC-BY-4.0': 1 },
        provider_terms: { allowed: 1 },
        scope: { training: 1 },
      },
    });
    const where = layouts[layout].consent;
    expect(manifest.consent.in_rows).toBe(where);
    const row = rows[0] ?? {};
    const said = where === 'metadata' ? (row.metadata as { [name: string]: Json }).consent : row.consent;
    if (where === 'beside') expect(Object.keys(row)).not.toContain('consent');
    else expect(said).toEqual(allowed);
  });

  it('says nothing of consents in its rows where that is not wanted', async () => {
    const { rows, manifest, out } = await written(
      { layout, consent: { scope: 'training', override: false, in_rows: false } },
      false,
    );
    expect(manifest.consent).toMatchObject({ in_rows: null, file: null });
    expect(JSON.stringify(rows)).not.toContain('CC-BY-4.0');
    await expect(readFile(join(out, 'consent.jsonl'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('consents of an export', () => {
  it('are asked for only by the policy; terms that forbid training always count', async () => {
    const { result, manifest } = await written({ layout: 'tool-calls' }, false);
    expect(result.traces).toBe(3);
    expect(manifest.skipped).toEqual({ 'provider terms forbid training': 1 });
    const shared = await written(
      { layout: 'tool-calls', consent: { scope: 'evaluation', override: false, in_rows: true } },
      true,
    );
    expect(shared.manifest.consent.traces.licence).toEqual({ MIT: 1 });
  });

  it('can be passed over by name, and manifest and card say so', async () => {
    const options = { layout: 'tool-calls', consent: { scope: 'training', override: true, in_rows: true } } as const;
    const { result, manifest, card } = await written(options, true);
    expect(result.traces).toBe(4);
    expect(manifest.consent.override).toEqual({ traces: 3 });
    expect(card).toContain('3 traces were taken although their consent');
    expect(card).toContain('| licence | ` CC-BY-4.0 ` | 1 |');
    expect(card).toContain('| licence | ` a \\| b ` | 1 |');
  });

  it('stand beside rows that cannot hold them, by file and row', async () => {
    const given = [null, allowed];
    const { out, manifest, rows } = await written({ layout: 'openai-chat' }, false, given);
    const lines = await readJsonl(join(out, 'consent.jsonl'));
    expect(rows).toHaveLength(2);
    expect(lines).toEqual([
      { file: 'data.jsonl', row: 1, trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/), consent: allowed },
    ]);
    expect(manifest.consent.file).toMatchObject({ name: 'consent.jsonl', rows: 1 });
    expect(Object.keys(rows[1] ?? {})).toEqual(expect.arrayContaining(['messages']));
    expect(manifest.files.map(({ name }: { name: string }) => name)).toEqual(['data.jsonl']);
  });

  it('hold for the preview too', async () => {
    const preview = await previewDataset(exportOptions({ layout: 'traces' }), source(true));
    expect(preview).toMatchObject({ traces: 4, skipped: 3 });
    expect(Object.values(preview.reasons).reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(preview.rows).toHaveLength(1);
    expect(preview.rows[0]).toMatchObject({ consent: { licence: 'CC-BY-4.0' } });
  });

  it('leave nothing to export where none allows it', async () => {
    await expect(written({ layout: 'traces' }, true, [null, null])).rejects.toMatchObject({
      code: 'export_empty',
      details: { skipped: { 'no consent': 2 } },
    });
  });
});

describe('traces that stand in the row of another', () => {
  /** A parent with two children, the second of which spawned another; the last has a child too. */
  function family(given: (Consent | null)[]) {
    const made = source(true, given);
    const all = made.traces({ query: '' }, new AbortController().signal) as Iterable<Trace>;
    const [parent, one, two, below] = [...all] as [Trace, Trace, Trace, Trace];
    one.parent_trace_id = parent.trace_id;
    two.parent_trace_id = parent.trace_id;
    below.parent_trace_id = two.trace_id;
    return { made, parent, one, two, below };
  }
  const none = { ...allowed, scope: ['evaluation'] } as Consent;
  const atif = exportOptions({ layout: 'atif' });

  it('stand there by their own consents, with what they spawned; each is known to come from there', async () => {
    const { made, parent, one, two, below } = family([allowed, none, allowed, allowed]);
    const out = join(await freshFolder(), 'out');
    await exportDataset(atif, made, out, unhurried());
    const rows = await readJsonl(join(out, 'data.jsonl'));
    expect(rows).toHaveLength(1);
    const [row] = rows;
    expect(row?.trajectory_id).toBe(parent.trace_id);
    expect(JSON.stringify(row)).not.toContain(one.trace_id);
    expect(row?.subagent_trajectories).toMatchObject([
      { trajectory_id: two.trace_id, subagent_trajectories: [{ trajectory_id: below.trace_id }] },
    ]);
    const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
    expect(manifest.skipped).toMatchObject({ 'a subagent is left out: no consent for training': 1 });
    expect(manifest.consent.traces.basis).toEqual({ consent: 3 });
    const beside = await readJsonl(join(out, 'consent.jsonl'));
    expect(new Set(beside.map(({ trace_id }) => trace_id))).toEqual(
      new Set([parent, two, below].map(({ trace_id }) => trace_id)),
    );
    const origins: { [name: string]: Json }[] = [];
    for await (const origin of fileFormats.parquet.rows(join(out, 'provenance.parquet'), provenanceColumns))
      origins.push(origin as { [name: string]: Json });
    expect(origins).toMatchObject([{ trace_id: parent.trace_id }]);
    const [{ inlined }] = origins as unknown as [{ inlined: { trace_id: string }[] }];
    expect(new Set(inlined.map(({ trace_id }) => trace_id))).toEqual(new Set([two.trace_id, below.trace_id]));
    expect((await previewDataset(atif, made)).reasons).not.toEqual({});
  });

  it('have rows of their own where their parent may have none', async () => {
    const { made, one, two } = family([null, allowed, allowed, none]);
    const out = join(await freshFolder(), 'out');
    await exportDataset(atif, made, out, unhurried());
    const rows = await readJsonl(join(out, 'data.jsonl'));
    expect(rows.map(({ trajectory_id }) => trajectory_id)).toEqual([one.trace_id, two.trace_id]);
  });

  it.each([
    ['named by provenance.parquet', true],
    ['by what stands in the row, in datasets of before', false],
  ])('an erasure of one takes the row it stands in: %s', async (_, told) => {
    const { made, below } = family([allowed, allowed, allowed, allowed]);
    const out = join(await freshFolder(), 'out');
    const { files } = await exportDataset(atif, made, out, unhurried());
    if (!told) await rm(join(out, 'provenance.parquet'));
    const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
    if (!told) await writeFile(join(out, 'manifest.json'), JSON.stringify({ ...manifest, provenance: undefined }));
    const done = await eraseFromDataset(out, {
      fileNames: files.map(({ name }) => name),
      erasure_id: 'e',
      traceIds: new Set([below.trace_id]),
      rowKeys: new Set(),
      change: null,
      signal: new AbortController().signal,
      signer: made.signer,
    });
    expect(done).toMatchObject({ rows_removed: 1 });
    expect(await readFile(join(out, 'data.jsonl'), 'utf8')).toBe('');
    if (told) expect((await verifyDataset(out)).problems).toEqual([]);
  });
});
