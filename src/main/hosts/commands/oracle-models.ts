import { existsSync, readdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SluiceError } from '../../../shared/errors.js';
import type { Job } from '../../../shared/model/index.js';
import { type RunReport, reportText } from '../../oracle/index.js';
import { engineOf } from '../engine-client.js';
import { printed } from '../standard-output.js';
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
  await finishedJob(engine, job_id, flags.json ?? false);
  const run = (await engine.call('GET', `/oracle/runs/${job_id}`)) as { report: RunReport; folder: string };
  if (out !== null) await cp(run.folder, out, { recursive: true });
  await printed(flags.json ? `${JSON.stringify(run.report)}\n` : reportText(run.report));
  if (!flags.json) process.stderr.write(`${spentWords(run.report)}. The files: ${out ?? run.folder}\n`);
  tellStopped(run.report);
}
