import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportDataset, fileFormats, layouts, previewDataset } from '../../../src/main/dataset/index.js';
import type { Consent, ExportOptions, Json } from '../../../src/shared/model/index.js';
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
  const sessions = given.map((consent, index) => agentSession(index, 2, { consent, decisions: [] }));
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
