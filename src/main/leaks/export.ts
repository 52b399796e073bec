import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import type { LeakOverride, LeakReport } from '../../shared/model/index.js';
import { type CheckOptions, checkFiles, reportFile } from './check.js';

/** So many leaks an error names; what is overridden has all that were listed in its report. */
const named = 100;

/**
 * Looks through an export that is written and not yet in its place, and writes `leaks.json` beside its files.
 * Throws `export_leaks`, with where the leaks are, unless somebody takes them on by name.
 */
export async function checkExport(
  folder: string,
  options: CheckOptions & { allow: LeakOverride | null },
): Promise<LeakReport> {
  const found = await checkFiles(folder, options);
  const clean = found.leaks_count === 0 && found.unread.length === 0;
  const report: LeakReport = { ...found, overridden: clean ? null : options.allow };
  if (!clean && options.allow === null) {
    const { leaks_count, by_rule, rows, leaks, unread } = found;
    const what =
      leaks_count > 0
        ? `The export holds ${leaks_count} ${leaks_count === 1 ? 'leak' : 'leaks'}`
        : `Nobody can look into ${unread.length} files of the export`;
    const details = { leaks_count, by_rule, rows, leaks: leaks.slice(0, named), unread };
    throw new SluiceError('export_leaks', `${what}; it was not kept.`, details);
  }
  await writeFile(join(folder, reportFile), `${JSON.stringify(report, null, 2)}\n`, { flush: true, mode: 0o600 });
  return report;
}
