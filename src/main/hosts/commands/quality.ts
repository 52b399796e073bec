import { Command } from 'commander';
import { type Job, type QualityReport, qualityReportSchema } from '../../../shared/model/index.js';
import { engineOf } from '../engine-client.js';
import { folderFlag } from './engine-flags.js';
import { finishedJob, type PrivacyFlags } from './rescan.js';

/** Runs in the engine, which alone writes the store. */
export function qualityCommand(): Command {
  return folderFlag(new Command('quality').description('score what changed by the rules of docs/quality.md'))
    .option('--query <query>', 'which traces, in the query language', '')
    .option('--all', 'score what did not change too')
    .option('--token <token>', 'API token, where the engine was started with one of its own')
    .action(async (flags: PrivacyFlags & { query: string; all?: boolean }) => {
      const engine = await engineOf(flags);
      const asked = { query: flags.query, all: flags.all === true };
      const { job_id } = (await engine.call('POST', '/quality', asked)) as Job;
      const { result } = await finishedJob(engine, job_id, flags.json ?? false);
      const report = qualityReportSchema.parse(result);
      process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${lines(report).join('\n')}\n`);
    });
}

function lines({ traces, scored, means, known, seconds }: QualityReport): string[] {
  return [
    `${traces} traces, ${scored} scored anew in ${seconds.toFixed(1)} s`,
    ...Object.entries(known).map(([name, count]) => {
      const mean = means[name];
      return `  ${name.padEnd(18)} ${mean === undefined ? '    –' : mean.toFixed(3)}  of ${count} traces`;
    }),
  ];
}
