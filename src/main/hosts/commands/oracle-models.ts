import { existsSync, readdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import type * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import { idSchema, type Job } from '../../../shared/model/index.js';
import { type Quotas, quotasSchema, type ReviewedSample, runFormat } from '../../../shared/model/oracle.js';
import { type RunReport, reportText } from '../../oracle/index.js';
import { engineOf, type RunningEngine } from '../engine-client.js';
import { printed } from '../standard-output.js';
import { engineAtFlags, wholeIn } from './engine-flags.js';
import { dollarsIn, forecastLine, onlyProfile, spentWords, tellStopped } from './model-flags.js';
import { finishedJob, type PrivacyFlags } from './rescan.js';

export interface ModelRunFlags extends PrivacyFlags {
  total?: number;
  sample?: true;
  domain: string[];
  domains?: string;
  seed: number;
  profile?: string;
  reviewer: string[];
  allowOwn: string[];
  budget?: string;
  resume?: true;
  shard?: string;
  shapes?: string;
  callsPerTrace?: string;
  format?: string;
}

/** `--shapes single=0.5,chain=0.3` and `--calls-per-trace`; nothing where neither is given. @throws SluiceError `usage` */
export function quotasOf({ shapes, callsPerTrace }: ModelRunFlags): { quotas?: Quotas } {
  if (shapes === undefined && callsPerTrace === undefined) return {};
  const read = quotasSchema.safeParse({
    ...(shapes === undefined
      ? {}
      : { shapes: Object.fromEntries(shapes.split(',').map((each) => numberOf(each.trim()))) }),
    ...(callsPerTrace === undefined ? {} : { calls_per_trace: Number(callsPerTrace) }),
  });
  if (read.success) return { quotas: read.data };
  const [issue] = read.error.issues;
  throw new SluiceError(
    'usage',
    `${issue?.path[0] === 'shapes' ? '--shapes' : '--calls-per-trace'}: ${issue?.message}`,
  );
}

/** @throws SluiceError `usage` */
export function formatOf({ format }: ModelRunFlags): z.infer<typeof runFormat> {
  const read = runFormat.safeParse(format ?? 'jsonl');
  if (read.success) return read.data;
  throw new SluiceError('usage', `--format is jsonl or parquet, not "${format}".`);
}

function numberOf(text: string): [string, number] {
  const [name = '', share] = text.split('=');
  return [name, share === undefined || share === '' ? Number.NaN : Number(share)];
}

/** A run by models is the engine's, which alone asks them; `out`: where its files are copied to, beside the data folder. */
export async function runByModels(flags: ModelRunFlags, out: string | null): Promise<void> {
  if (flags.resume)
    throw new SluiceError(
      'usage',
      'The same order again goes on where models stopped: what they answered costs nothing.',
    );
  if (out !== null && existsSync(out) && readdirSync(out).length > 0)
    throw new SluiceError('oracle_out_used', `${out} holds something already.`);
  if (flags.shard !== undefined)
    throw new SluiceError(
      'usage',
      'Parts of a run (--shard) are the sampler’s: what models answer is no machine’s alone.',
    );
  const engine = await engineOf(flags);
  const asked = {
    ...(flags.total === undefined ? {} : { total: flags.total }),
    ...(flags.sample === undefined ? {} : { sample: flags.sample }),
    domains: flags.domain,
    ...(flags.domains === undefined ? {} : { domains_folder: resolve(flags.domains) }),
    seed: flags.seed,
    ...quotasOf(flags),
    format: formatOf(flags),
    generator: 'model',
    profile: flags.profile ?? (await onlyProfile(engine)),
    reviewers: flags.reviewer,
    allow_own: flags.allowOwn,
    budget_usd: dollarsIn(flags.budget),
  };
  if (!flags.json) {
    const forecast = (await engine.call('POST', '/oracle/forecast', asked)) as Parameters<typeof forecastLine>[0];
    process.stderr.write(`${forecastLine(forecast)}\n`);
  }
  const { job_id } = (await engine.call('POST', '/oracle/runs', asked)) as Job;
  await followedRun(engine, job_id, out, flags);
}

/** Waits until a run of the engine is over, and prints its report. */
async function followedRun(engine: RunningEngine, job_id: string, out: string | null, flags: PrivacyFlags) {
  await finishedJob(engine, job_id, flags.json ?? false);
  const run = (await engine.call('GET', `/oracle/runs/${job_id}`)) as { report: RunReport; folder: string };
  if (out !== null) await cp(run.folder, out, { recursive: true });
  await printed(flags.json ? `${JSON.stringify(run.report)}\n` : reportText(run.report));
  if (!flags.json) process.stderr.write(`${spentWords(run.report)}. The files: ${out ?? run.folder}\n`);
  tellStopped(run.report);
}

/** `oracle pause RUN` and `oracle resume RUN`: of runs that the engine holds. */
export function oraclePauseCommand(): Command {
  return engineAtFlags(new Command('pause').description('stop a run of the engine until it is resumed; its files stay'))
    .argument('<run>', 'its id')
    .action(async (run: string, flags: PrivacyFlags) => {
      const job = (await (await engineOf(flags)).call('POST', `${pathOf(run)}/pause`)) as Job;
      await printed(flags.json ? `${JSON.stringify(job)}\n` : `${job.job_id} is ${job.state}\n`);
    });
}

export function oracleResumeCommand(): Command {
  return engineAtFlags(
    new Command('resume').description(
      'go on with a run of the engine that was paused, cancelled or failed, or that its budget stopped',
    ),
  )
    .argument('<run>', 'its id')
    .option('--budget <usd>', 'what models may cost in all from now on, in US dollars')
    .action(async (run: string, flags: PrivacyFlags & { budget?: string }) => {
      const engine = await engineOf(flags);
      const asked = flags.budget === undefined ? {} : { budget_usd: dollarsIn(flags.budget) };
      const { job_id } = (await engine.call('POST', `${pathOf(run)}/resume`, asked)) as Job;
      await followedRun(engine, job_id, null, flags);
    });
}

/** `oracle sample RUN` and `oracle report RUN`: what people say of a run of the engine. */
export function oracleSampleCommand(): Command {
  return engineAtFlags(
    new Command('sample').description(
      'bring traces that are drawn of a run of the engine, and make a review queue of them',
    ),
  )
    .argument('<run>', 'its id')
    .option('--size <n>', 'how many', (value) => wholeIn('--size', value, 1, 10_000), 100)
    .option('--seed <n>', 'the same seed draws the same traces', (value) => wholeIn('--seed', value, 0), 1)
    .action(async (run: string, flags: PrivacyFlags & { size: number; seed: number }) => {
      const engine = await engineOf(flags);
      const asked = { size: flags.size, seed: flags.seed };
      const { job_id } = (await engine.call('POST', `${pathOf(run)}/sample`, asked)) as Job;
      await finishedJob(engine, job_id, flags.json ?? false);
      const { samples } = (await engine.call('GET', pathOf(run))) as ShownRun;
      const drawn = samples.find((each) => each.job_id === job_id);
      await printed(
        flags.json
          ? `${JSON.stringify(drawn)}\n`
          : `${drawn?.brought} traces wait in the review queue "${drawn?.queue}": sluice review --queue "${drawn?.queue}"\n`,
      );
    });
}

export function oracleReportCommand(): Command {
  return engineAtFlags(
    new Command('report').description('the report of a run of the engine, with what people say of its samples'),
  )
    .argument('<run>', 'its id')
    .action(async (run: string, flags: PrivacyFlags) => {
      const { report, samples } = (await (await engineOf(flags)).call('GET', pathOf(run))) as ShownRun;
      if (report === null) throw new SluiceError('not_found', `Run ${run} has no report yet.`);
      await printed(flags.json ? `${JSON.stringify({ ...report, samples })}\n` : reportText(report, samples));
    });
}

interface ShownRun {
  report: RunReport | null;
  samples: ReviewedSample[];
}

function pathOf(run: string): string {
  if (!idSchema.safeParse(run).success) throw new SluiceError('usage', `${run} is no id of a run.`);
  return `/oracle/runs/${run}`;
}
