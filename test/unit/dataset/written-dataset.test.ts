import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportDataset, exportKind } from '../../../src/main/dataset/index.js';
import { silent } from '../../../src/main/ground/job-kind.js';
import type { ExportOptions } from '../../../src/shared/model/index.js';
import { agentSession, sessionSource } from '../../support/traces.js';
import { exportOptions, folderBytes, freshFolder, unhurried } from './support.js';

const sessions = Array.from({ length: 6 }, (_, number) => agentSession(number, 2));

/** A dataset that lies in its place while its job never came to say so. */
async function written(options: ExportOptions) {
  const out = join(await freshFolder(), 'set');
  const result = await exportDataset(options, sessionSource(sessions), out, unhurried());
  return { out, result };
}

function run(options: ExportOptions, out: string, resumed: { begun: true } | null) {
  const actor = { token_id: null, scope: 'admin' } as const;
  const tools = {
    source: sessionSource(sessions),
    guard: async (_: unknown, write: (control: ReturnType<typeof unhurried>) => Promise<never>) => write(unhurried()),
  };
  return exportKind.run(
    { options, out, actor: actor as never, allow_leaks: null },
    { ...silent, resumed },
    tools as never,
  );
}

describe('an export that broke off', () => {
  it('between its place and its record is found there whole, not written again', async () => {
    const { out, result } = await written(exportOptions());
    const before = await folderBytes(out);
    const again = await run(exportOptions(), out, { begun: true });
    expect(again).toMatchObject({ out, rows: result.rows, traces: result.traces, files: result.files });
    expect(await folderBytes(out)).toEqual(before);
  });

  it('does not take what somebody else put there for its own', async () => {
    const { out } = await written(exportOptions());
    const exists = { code: 'export_target_exists' };
    await expect(run(exportOptions(), out, null)).rejects.toMatchObject(exists);
    await expect(run(exportOptions({ layout: 'traces' }), out, { begun: true })).rejects.toMatchObject(exists);
    await expect(run(exportOptions({ seed: 7 }), out, { begun: true })).rejects.toMatchObject(exists);
    const manifest = join(out, 'manifest.json');
    const text = await readFile(manifest, 'utf8');
    await writeFile(manifest, text.replaceAll('data.jsonl', '../set/data.jsonl'));
    await expect(run(exportOptions(), out, { begun: true })).rejects.toMatchObject(exists);
    await writeFile(manifest, text);
    await appendFile(join(out, 'data.jsonl'), '{}\n');
    await expect(run(exportOptions(), out, { begun: true })).rejects.toMatchObject(exists);
  });
});
