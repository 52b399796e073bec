import { resolve } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import type { Leak, LeakReport } from '../../../shared/model/index.js';
import { keptInFiles } from '../../engine/export-guard.js';
import { exportRules } from '../export-rules.js';
import { folderOf } from '../which-folder.js';
import { folderFlag } from './engine-flags.js';

/** So many leaks are told without --json. */
const mostShown = 100;

/** Looks at files that are there already, as an export's own check does; needs no engine. */
export function leaksCommand(): Command {
  return folderFlag(
    new Command('leaks').description('search an export, or JSONL and Parquet files, for what should not be in it'),
  )
    .argument('<path...>', 'folders of exports, or files')
    .option('--seed <number>', 'seed of the sample for review', '0')
    .action(async (paths: string[], flags: { dataDir?: string; json?: boolean; seed: string }) => {
      const seed = Number(flags.seed);
      if (!Number.isSafeInteger(seed)) throw new SluiceError('usage', '--seed needs a number.');
      const rules = exportRules(await folderOf(flags));
      const { knownValues, pseudonymKey } = rules;
      const { checkFiles } = await import('../../leaks/index.js');
      const keeps = keptInFiles({ ...rules, key: pseudonymKey });
      const reports: (LeakReport & { path: string })[] = [];
      for (const path of paths) {
        const report = await checkFiles(resolve(path), { knownValues, keeps, key: pseudonymKey, seed });
        reports.push({ path, ...report });
        if (!flags.json) process.stdout.write(reportText(path, report));
        if (report.leaks_count > 0 || report.unread.length > 0) process.exitCode = 1;
      }
      if (flags.json) process.stdout.write(`${JSON.stringify({ reports })}\n`);
    });
}

function reportText(path: string, report: LeakReport): string {
  const { rows, leaks_count, by_rule, leaks, unread } = report;
  const lines = [`${path}: ${rows} rows, ${leaks_count} ${leaks_count === 1 ? 'leak' : 'leaks'}`];
  for (const [rule, count] of Object.entries(by_rule)) lines.push(`  ${rule}: ${count}`);
  lines.push(...leakLines(leaks, leaks_count), ...unread.map(({ name, reason }) => `  ${name}: not read, ${reason}`));
  return `${lines.join('\n')}\n`;
}

/** Where something was found, and what stands around it. */
export function leakLines(leaks: readonly Leak[], count: number): string[] {
  const lines = leaks
    .slice(0, mostShown)
    .map(
      ({ file, row, path, rule, context }) =>
        `  ${file} row ${row}${path === '' ? '' : ` ${path}`}  ${rule}  ${context}`,
    );
  if (count > lines.length) lines.push(`  and ${count - lines.length} more; --json lists 1,000`);
  return lines;
}
