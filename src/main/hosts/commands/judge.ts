import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import {
  type Job,
  type Judgement,
  type JudgeReport,
  judgeReportSchema,
  type Measured,
  type PairJudgement,
  type ProbeResult,
} from '../../../shared/model/index.js';
import { engineOf, traceIdOf } from '../engine-client.js';
import { collect, engineAtFlags, wholeIn } from './engine-flags.js';
import { dollarsIn, forecastLine, onlyProfile, spentWords, tellStopped } from './model-flags.js';
import { finishedJob, type PrivacyFlags } from './rescan.js';

interface JudgeFlags extends PrivacyFlags {
  query?: string;
  rubric: string;
  profile: string[];
  samples: string;
  budget?: string;
  allowOwn: string[];
}
interface CompareFlags extends PrivacyFlags {
  profile?: string;
  rubric: string;
  budget?: string;
  allowOwn: string[];
}
interface ProbeFlags extends PrivacyFlags {
  profile?: string;
  rubric: string;
  kind: string[];
  query: string;
  budget?: string;
}

/** Judges run in the engine, which alone asks models and writes the store. */
export function judgeCommand(): Command {
  const judge = engineAtFlags(new Command('judge').description('judge traces by a rubric with language models'))
    .argument('[traces...]', 'ids or names of traces')
    .option('--query <query>', 'which traces, in the query language')
    .option('--rubric <rubric>', 'what is asked', 'reasoning')
    .option('--profile <profile>', 'model profile; several make a panel', collect, [])
    .option('--samples <n>', 'times that each is asked', '1')
    .option('--budget <usd>', 'what may be spent at most, in US dollars')
    .option('--allow-own <profile>', 'profile that may judge what its own model generated', collect, [])
    .action((traces: string[], flags: JudgeFlags) => judged(traces, flags));
  judge.addCommand(
    engineAtFlags(new Command('compare').description('ask which of two traces is better, in both orders'))
      .argument('<trace>', 'id or name of a trace')
      .argument('<other>', 'id or name of the trace that it is compared with')
      .option('--rubric <rubric>', 'what is asked', 'trajectory')
      .option('--profile <profile>', 'model profile')
      .option('--budget <usd>', 'what may be spent at most, in US dollars')
      .option('--allow-own <profile>', 'profile that may judge what its own model generated', collect, [])
      .action((a: string, b: string, flags: CompareFlags) => compared(a, b, flags)),
  );
  judge.addCommand(
    engineAtFlags(new Command('probe').description('measure what a judge overlooks and what it falls for'))
      .option('--profile <profile>', 'model profile')
      .option('--rubric <rubric>', 'what is asked', 'trajectory')
      .option('--kind <kind>', 'faults, attacks, length or swap; all where none is named', collect, [])
      .option(
        '--query <query>',
        'good traces to plant faults into (gold ones take those of sluice oracle corrupt too); small ones come along',
        '',
      )
      .option('--budget <usd>', 'what may be spent at most, in US dollars')
      .action((flags: ProbeFlags) => probed(flags)),
  );
  return judge;
}

async function judged(names: string[], flags: JudgeFlags): Promise<void> {
  if (names.length === 0 && flags.query === undefined) {
    throw new SluiceError('usage', 'Name traces, or say which with --query ("" is all).');
  }
  const engine = await engineOf(flags);
  const trace_ids = names.length === 0 ? undefined : await Promise.all(names.map((name) => traceIdOf(engine, name)));
  const asked = {
    query: flags.query ?? '',
    ...(trace_ids && { trace_ids }),
    rubric: flags.rubric,
    profiles: flags.profile.length > 0 ? flags.profile : [await onlyProfile(engine)],
    samples: wholeIn('--samples', flags.samples, 1, 16),
    budget_usd: dollarsIn(flags.budget),
    allow_own: flags.allowOwn,
  };
  if (!flags.json) {
    const forecast = (await engine.call('POST', '/judge/forecast', asked)) as Parameters<typeof forecastLine>[0];
    process.stderr.write(`${forecastLine(forecast)}\n`);
  }
  const { job_id } = (await engine.call('POST', '/judge', asked)) as Job;
  const report = judgeReportSchema.parse((await finishedJob(engine, job_id, flags.json ?? false)).result);
  for (const id of report.judgement_ids) {
    const judgement = (await engine.call('GET', `/judgements/${id}`)) as Judgement;
    process.stdout.write(`${flags.json ? JSON.stringify(judgement) : line(judgement)}\n`);
  }
  if (!flags.json) process.stdout.write(`${summary(report)}\n`);
  tellStopped(report);
}

async function compared(a: string, b: string, flags: CompareFlags): Promise<void> {
  const engine = await engineOf(flags);
  const pair = (await engine.call('POST', '/judge/compare', {
    a: await traceIdOf(engine, a),
    b: await traceIdOf(engine, b),
    rubric: flags.rubric,
    profile: flags.profile ?? (await onlyProfile(engine)),
    budget_usd: dollarsIn(flags.budget),
    allow_own: flags.allowOwn,
  })) as PairJudgement;
  process.stdout.write(`${flags.json ? JSON.stringify(pair) : pairLine(pair, { a, b })}\n`);
}

function pairLine({ preferred, consistent, orders, cached, cost_usd }: PairJudgement, names: { a: string; b: string }) {
  const cost = cached ? 'cached, no cost' : cost_usd === null ? 'nobody says what it cost' : `$${cost_usd.toFixed(4)}`;
  if (preferred === null) {
    const reasons = new Set(orders.flatMap(({ unscored_reason }) => unscored_reason ?? []));
    return `no answer: ${[...reasons].join('; ')} (${cost})`;
  }
  const why = consistent ? 'both orders say so' : 'both orders were asked and disagree';
  return `${preferred === 'tie' ? 'tie' : names[preferred]}: ${why} (${cost})`;
}

async function probed(flags: ProbeFlags): Promise<void> {
  const engine = await engineOf(flags);
  const { job_id } = (await engine.call('POST', '/judge/probe', {
    profile: flags.profile ?? (await onlyProfile(engine)),
    rubric: flags.rubric,
    ...(flags.kind.length === 0 ? {} : { kinds: flags.kind }),
    query: flags.query,
    budget_usd: dollarsIn(flags.budget),
  })) as Job;
  const job = await finishedJob(engine, job_id, flags.json ?? false);
  const { probes, stopped } = job.result as unknown as { probes: ProbeResult[]; stopped: string | null };
  process.stdout.write(
    flags.json ? `${JSON.stringify({ probes, stopped })}\n` : `${probes.flatMap(probeLines).join('\n')}\n`,
  );
  if (stopped !== null) {
    process.stderr.write('sluice: the budget is used up; what is missing was not probed.\n');
    process.exitCode = 1;
  }
}

function line({ trace_id, score, scale, verdict, unscored_reason, combined, cached }: Judgement): string {
  const result = score === null ? `no score: ${unscored_reason}` : `${score} of ${scale.max}, ${verdict}`;
  const tests = combined.by === 'tests' ? `; tests say ${combined.verdict}` : '';
  return `${trace_id}  ${result}${tests}${cached ? ' (cached, no cost)' : ''}`;
}

function summary({ judged: scored, unscored, cached, seconds, ...spent }: JudgeReport): string {
  return `${scored} judged, ${unscored} without a score, ${cached} from the cache, ${spentWords(spent)}, ${seconds.toFixed(1)} s`;
}

function probeLines({ kind, rate, by, unscored }: ProbeResult): string[] {
  return [
    `${kind}: ${words(rate)}${unscored === 0 ? '' : `, ${unscored} without an answer`}`,
    ...Object.entries(by).map(([group, measured]) => `  ${group.padEnd(24)} ${words(measured)}`),
  ];
}

function words({ value, interval, n, reason }: Measured): string {
  if (value === null) return reason ?? 'unknown';
  const range = interval === null ? '' : ` [${interval.map((end) => end.toFixed(3)).join(', ')}]`;
  return `${value.toFixed(3)}${range} of ${n}`;
}
