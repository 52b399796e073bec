import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import type { Job, RescanResult } from '../../../shared/model/index.js';
import { engineOf, type RunningEngine } from '../engine-client.js';
import { folderFlag } from './engine-flags.js';

const lookEveryMs = 300;

export interface PrivacyFlags {
  dataDir?: string;
  json?: boolean;
  token?: string;
}

/** Waits for a job and tells on stderr how far it is; throws what it failed with. */
export async function finishedJob(engine: RunningEngine, jobId: string, quiet: boolean): Promise<Job> {
  let shownLine = '';
  for (;;) {
    const job = (await engine.call('GET', `/jobs/${jobId}`)) as Job;
    const line = `${Math.round((job.progress ?? 0) * 100)}%  ${job.message}`;
    if (!quiet && job.state === 'running' && line !== shownLine) process.stderr.write(`${line}\n`);
    shownLine = line;
    if (job.state === 'done') return job;
    if (job.state !== 'queued' && job.state !== 'running') {
      throw new SluiceError('job_failed', job.error?.message ?? `The job is ${job.state}.`);
    }
    await sleep(lookEveryMs);
  }
}

export function rescanCommand(): Command {
  return folderFlag(new Command('rescan').description('redact what is stored by the policy that holds now'))
    .option('--token <token>', 'API token, where the engine was started with one of its own')
    .action(async (flags: PrivacyFlags) => {
      const engine = await engineOf(flags);
      const { job_id } = (await engine.call('POST', '/rescan')) as Job;
      const { result } = await finishedJob(engine, job_id, flags.json ?? false);
      const done = result as unknown as RescanResult;
      if (flags.json) {
        process.stdout.write(`${JSON.stringify(done)}\n`);
        return;
      }
      const found = Object.entries(done.findings).map(([entity, count]) => `  ${count} ${entity}`);
      const kept = Object.values(done.not_undone).reduce((sum, count) => sum + count, 0);
      const lines = [
        `${done.exchanges} exchanges in ${done.traces} traces changed, at ${done.mb_per_second} MB/s`,
        ...(found.length === 0 ? [] : ['newly found:', ...found]),
        ...(kept === 0 ? [] : [`${kept} values stay replaced: what is gone cannot come back`]),
        ...(done.failed === 0 ? [] : [`${done.failed} rows could not be read and stand as they were`]),
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
      if (done.failed > 0) process.exitCode = 1;
    });
}
