import { existsSync } from 'node:fs';
import { SluiceError } from '../../../shared/errors.js';
import {
  type LeakOverride,
  type LeakReport,
  leakOverrideSchema,
  type NewAuditEntry,
} from '../../../shared/model/index.js';
import { openAuditLog } from '../../audit/index.js';
import type { ExportSource, GuardExport, SecondLook } from '../../dataset/index.js';
import { refuseSecrets } from '../../engine/live/typed-text.js';
import type { DataFolder } from '../../home/folder.js';
import { deriveKeys, loadMasterKey } from '../../home/keys.js';
import { redactorForExport } from '../../redact/index.js';
import { exportRules } from '../export-rules.js';
import { folderRedactor } from '../rules.js';
import { leakLines } from './leaks.js';

/** What a command writes datasets with, beside a running engine or without one. */
export interface WritingDatasets {
  source: ExportSource;
  guard: GuardExport;
  /** At what was built before. */
  secondLook: SecondLook;
  record(entry: NewAuditEntry): Promise<unknown>;
  /** Shown on a terminal; cancelled by a signal. */
  control: { signal: AbortSignal; onProgress(share: number | null, message: string): void };
}

/** A command acts with the studio's own token. */
export const commandActor = { kind: 'studio', token_id: null } as const;

/** Opens a data folder's store for `write`, and closes it. Throws `export_empty` where nothing was captured yet. */
export async function writingDatasets<T>(
  folder: DataFolder,
  { json, allow, cancelled }: { json: boolean; allow: LeakOverride | null; cancelled?: string | undefined },
  write: (tools: WritingDatasets) => Promise<T>,
): Promise<T> {
  if (!existsSync(folder.database))
    throw new SluiceError('export_empty', `There is nothing captured in ${folder.root} yet.`);
  const [{ openReader }, { exportGuard, keptInFiles, lookAgain }, { exportSource }] = await Promise.all([
    import('../../store/index.js'),
    import('../../engine/export-guard.js'),
    import('../../engine/export-source.js'),
  ]);
  const keys = deriveKeys(loadMasterKey(folder));
  const reader = openReader(folder.database, { sealKey: keys.seal });
  const rules = exportRules(folder);
  if (allow !== null) {
    const redactor = folderRedactor(folder, rules.secrets);
    refuseSecrets([allow.name, allow.reason], 'reason', (text) => redactor.text(text));
  }
  const { record } = openAuditLog(folder.audit, keys.audit);
  const guard = exportGuard({
    knownValues: () => rules.knownValues,
    policy: () => rules.policy,
    pseudonymKey: rules.pseudonymKey,
    record,
  });
  const { knownValues, pseudonymKey: key } = rules;
  const secondLook = lookAgain(() => ({ knownValues, keeps: keptInFiles({ ...rules, key }), key }));
  const abort = new AbortController();
  const cancel = () =>
    abort.abort(new SluiceError('job_cancelled', cancelled ?? 'The export was cancelled; nothing was left behind.'));
  process.once('SIGINT', cancel).once('SIGTERM', cancel);
  const progress = process.stderr.isTTY && !json;
  try {
    const source = exportSource(reader, {
      key: rules.pseudonymKey,
      redactor: (wanted) => redactorForExport({ ...rules, key: rules.pseudonymKey }, wanted),
      consentRequired: () => rules.policy.consent.required,
    });
    const control = {
      signal: abort.signal,
      onProgress(share: number | null, message: string) {
        if (progress)
          process.stderr.write(`\r\x1b[K${share === null ? '' : `${Math.floor(share * 100)} % `}${message}`);
      },
    };
    const written = await write({ source, guard, secondLook, record, control });
    if (progress) process.stderr.write('\r\x1b[K');
    return written;
  } catch (error) {
    if (!json && error instanceof SluiceError && error.code === 'export_leaks') {
      const { leaks, leaks_count } = error.details as LeakReport;
      process.stderr.write(`${progress ? '\r\x1b[K' : ''}${leakLines(leaks, leaks_count).join('\n')}\n`);
    }
    throw error;
  } finally {
    process.off('SIGINT', cancel).off('SIGTERM', cancel);
    reader.close();
  }
}

/** Who takes on what is found in the files; null: nobody. */
export function overrideOf(flags: { allowLeaks?: string; reason?: string }): LeakOverride | null {
  if (flags.allowLeaks === undefined && flags.reason === undefined) return null;
  const parsed = leakOverrideSchema.safeParse({ name: flags.allowLeaks, reason: flags.reason });
  if (!parsed.success) throw new SluiceError('usage', '--allow-leaks NAME and --reason TEXT belong together.');
  return parsed.data;
}
