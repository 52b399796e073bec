import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { idSchema, type LeakCheck, leakCheckSchema } from '../../shared/model/index.js';
import type { JobKind } from '../ground/job-kind.js';
import { replaceFile } from '../ground/replace-file.js';
import { type CheckOptions, checkFiles, reportFile } from './check.js';
import { readCheckState } from './check-state.js';

const leaksParamsSchema = z.object({ path: z.string(), seed: z.int(), report_id: idSchema });

/** So many reports are kept; the oldest go. */
const keptReports = 100;
const stateFile = 'state.json';

export interface LeakCheckTools {
  /** Where the reports lie, each in a folder of its own. */
  reports: string;
  /** By the rules that hold. */
  options(): Pick<CheckOptions, 'knownValues' | 'keeps' | 'key'>;
}

/**
 * The job that looks through an export's folder, or one file, which is there already. How far it is lies beside its report to be,
 * so that a check of gigabytes goes on where it was cut off.
 */
export const leaksKind: JobKind<z.infer<typeof leaksParamsSchema>, LeakCheck, { leakCheck: LeakCheckTools }> = {
  id: 'leaks',
  title: 'Leak check',
  params: leaksParamsSchema,
  result: leakCheckSchema,
  lane: 'cpu',
  atOnce: 1,
  again: () => true,
  async run({ path, seed, report_id }, { signal, progress, log }, { leakCheck }) {
    const out = join(leakCheck.reports, report_id);
    await mkdir(out, { recursive: true, mode: 0o700 });
    await forgetOldest(leakCheck.reports);
    const resumed = await readCheckState(join(out, stateFile));
    if (resumed !== null) log(`Going on behind row ${resumed.rows}, where the files are as they were`);
    try {
      const report = await checkFiles(path, {
        ...leakCheck.options(),
        seed,
        signal,
        resumed,
        onState: (state) => replaceFile(join(out, stateFile), JSON.stringify(state)),
        onProgress: (done, total) =>
          progress(total ? Math.min(1, done / total) : null, `${done} rows checked for leaks`, {
            done,
            total,
            unit: 'rows',
          }),
      });
      await replaceFile(join(out, reportFile), `${JSON.stringify(report, null, 2)}\n`);
      await rm(join(out, stateFile), { force: true });
      const { rows, leaks_count, by_rule, unread } = report;
      for (const [rule, count] of Object.entries(by_rule)) log(`${rule}: ${count}`, 'warn');
      for (const { name, reason } of unread) log(`${name} was not read: ${reason}`, 'warn');
      progress(1, `${rows} rows, ${leaks_count} ${leaks_count === 1 ? 'leak' : 'leaks'}`);
      return { path, out, files: [], rows, leaks_count, by_rule, unread_count: unread.length };
    } catch (error) {
      const reason: unknown = signal.reason;
      if (!(reason instanceof SluiceError && reason.code === 'job_interrupted'))
        await rm(out, { recursive: true, force: true });
      throw error;
    }
  },
};

/** Their names are in the order of their making. */
async function forgetOldest(reports: string): Promise<void> {
  const kept = (await readdir(reports)).filter((name) => idSchema.safeParse(name).success).sort();
  for (const name of kept.slice(0, -keptReports)) await rm(join(reports, name), { recursive: true, force: true });
}
