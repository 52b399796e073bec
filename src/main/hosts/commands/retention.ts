import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { type Job, type RetentionReport, retentionReportSchema } from '../../../shared/model/index.js';
import { engineOf, type RunningEngine } from '../engine-client.js';
import { folderFlag } from './engine-flags.js';

/** Runs in the engine, which alone writes the store. */
export function retentionCommand(): Command {
  return folderFlag(new Command('retention').description('delete the oldest by the rules of the settings'))
    .option('--dry-run', 'say what would go, delete nothing')
    .option('--token <token>', 'API token, where the engine was started with one of its own')
    .action(async (flags: { dataDir?: string; json?: boolean; token?: string; dryRun?: boolean }) => {
      const report = await finished(await engineOf(flags), flags.dryRun === true);
      process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${lines(report).join('\n')}\n`);
    });
}

async function finished(engine: RunningEngine, dryRun: boolean): Promise<RetentionReport> {
  let job = (await engine.call('POST', '/retention', { dry_run: dryRun })) as Job;
  while (job.state === 'queued' || job.state === 'running') {
    await new Promise((wake) => setTimeout(wake, 200));
    job = (await engine.call('GET', `/jobs/${job.job_id}`)) as Job;
  }
  if (job.state !== 'done') throw new SluiceError('job_interrupted', job.error?.message ?? `The job was ${job.state}.`);
  return retentionReportSchema.parse(job.result);
}

function lines(report: RetentionReport): string[] {
  const { dry_run, traces, by_age, by_size, exchanges, loose_exchanges, jobs, kept_labelled, within_size } = report;
  const mebibytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
  const verb = dry_run ? 'Would delete' : 'Deleted';
  return [
    `${verb} ${traces} traces (${by_age} for their age, ${by_size} for the size), ${exchanges} exchanges (${loose_exchanges} of no trace), ${jobs} records of jobs`,
    `Database ${mebibytes(report.bytes_before)} before, ${dry_run ? 'about ' : ''}${mebibytes(report.bytes_after)} after`,
    ...(kept_labelled === 0 ? [] : [`${kept_labelled} old traces stay: they were reviewed`]),
    ...(within_size === false ? ['Still larger than asked for: what is left may not be deleted'] : []),
  ];
}
