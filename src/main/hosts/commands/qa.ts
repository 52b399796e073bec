import { resolve } from 'node:path';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import {
  type Job,
  type JobLogLine,
  type QaDoctor,
  type QaJobResult,
  type QaRun,
  type QaTest,
  qaJobResultSchema,
  qaLimitsSchema,
} from '../../../shared/model/index.js';
import { testCommand } from '../../../shared/test-command.js';
import { type RunningEngine, traceIdOf } from '../engine-client.js';
import { engineFor } from '../engine-for.js';
import type { EngineFlags } from '../options.js';
import { printable } from '../printable.js';
import { stopSignal } from '../stop-signal.js';
import { collect, engineAtFlags, wholeIn } from './engine-flags.js';
import { followJob } from './jobs.js';

interface Flags extends EngineFlags {
  json?: boolean;
}
interface QaFlags extends Flags {
  query?: string;
  sample?: boolean;
  repo?: string;
  repoAfter?: string;
  commitBefore?: string;
  commitAfter?: string;
  testCommand?: string;
  framework?: string;
  repeat?: string;
  image?: string;
  prepare: string[];
  allowNetworkInPrepare?: boolean;
  timeout?: string;
  limit: string[];
  runtime?: string;
  proveTask?: boolean;
  wait?: boolean;
}

/** Tests that are named one by one under a run. */
const mostShown = 20;

/** Tests run in sandboxes of the engine: of the one that runs, or of one for the time of the command. */
export function qaCommand(): Command {
  const qa = engineAtFlags(
    new Command('qa').description('run the tests of traces or of a repository, before and after the change'),
  )
    .argument('[traces...]', 'ids or names of traces')
    .option('--query <query>', 'which traces, in the query language')
    .option('--sample', 'the small repository that comes along')
    .option('--repo <path>', 'a clone, a folder, or a tar')
    .option('--repo-after <path>', 'the same after the change, where there are no commits')
    .option('--commit-before <commit>', 'before the change')
    .option('--commit-after <commit>', 'after it')
    .option('--test-command <command>', 'what runs the tests, without operators of a shell')
    .option('--framework <id>', 'instead of detecting it')
    .option('--repeat <base,fixed>', 'how often the tests run before and after, such as 2,3')
    .option('--image <image>', 'image that the engine of containers has')
    .option('--prepare <command>', 'lays what tests need into the image; may be repeated', collect, [])
    .option('--allow-network-in-prepare', 'for the preparation of this run alone')
    .option('--timeout <seconds>', 'until a run is ended')
    .option('--limit <name=value>', `${Object.keys(qaLimitsSchema.shape).join(', ')}; may be repeated`, collect, [])
    .option('--runtime <runtime>', 'an OCI runtime, such as runsc')
    .option(
      '--prove-task',
      'make a Harbor task of what the run used, and try it: tests fail before, pass with its solution',
    )
    .option('--wait', 'wait where no engine of containers answers, instead of failing')
    .action((traces: string[], flags: QaFlags) => tested(traces, flags));
  qa.addCommand(
    engineAtFlags(new Command('doctor').description('what running tests needs, and what to do')).action(
      (flags: Flags) => doctor(flags),
    ),
  );
  qa.addCommand(
    engineAtFlags(
      new Command('reap').description('remove what earlier runs of this data folder left in containers'),
    ).action((flags: Flags) => reaped(flags)),
  );
  return qa;
}

/** The engine is ended behind it where it was started for it. */
async function withEngine<T>(
  flags: Flags,
  work: (now: () => RunningEngine, asked: AbortSignal) => Promise<T>,
): Promise<T> {
  const asked = stopSignal();
  const engine = await engineFor(flags, asked);
  try {
    return await work(engine.now, asked);
  } finally {
    await engine.stop();
  }
}

async function tested(names: string[], flags: QaFlags): Promise<void> {
  const ways = [names.length > 0, flags.query !== undefined, flags.repo !== undefined, flags.sample === true];
  if (!ways.includes(true)) {
    throw new SluiceError('usage', 'Name traces, or say what with --query ("" is all), --repo or --sample.');
  }
  const options = optionsOf(flags);
  const runs = await withEngine(flags, async (now, asked) => {
    const trace_ids = await Promise.all(names.map((name) => traceIdOf(now(), name)));
    const body = { ...options, ...(names.length > 0 && { trace_ids }) };
    const { job_id } = (await now().call('POST', '/qa', body)) as Job;
    // Whoever stops the command wants its tests stopped.
    const cancel = () =>
      void now()
        .call('DELETE', `/jobs/${job_id}`)
        .catch(() => {});
    if (asked.aborted) cancel();
    else asked.addEventListener('abort', cancel, { once: true });
    const job = await followJob(job_id, now, flags.json ? () => {} : told);
    if (job.state !== 'done') throw new SluiceError('job_failed', job.error?.message ?? `The job is ${job.state}.`);
    const result = qaJobResultSchema.parse(job.result);
    for (const named of result.runs) {
      const run = (await now().call('GET', `/qa/runs/${named.run_id}`).catch(orGone)) as QaRun | null;
      if (run === null) process.stderr.write(`${named.trace_id}  gone: the trace was deleted.\n`);
      else process.stdout.write(flags.json ? `${JSON.stringify(run)}\n` : shown(lines(run)));
    }
    return result;
  });
  if (runs.runs.length === 0) process.stderr.write('sluice: there was nothing to test.\n');
  else if (runs.runs.length > 1 && !flags.json) {
    process.stdout.write(
      `${Object.entries(runs.verdicts)
        .map(([verdict, count]) => `${count} ${verdict}`)
        .join(', ')}\n`,
    );
  }
  if (!allPassed(runs)) process.exitCode = 1;
}

/** Of all runs: a job names no more than the first of them. */
export function allPassed({ verdicts }: Pick<QaJobResult, 'verdicts'>): boolean {
  return Object.keys(verdicts).join() === 'passed';
}

/** A trace that was deleted takes its runs along. */
function orGone(error: unknown): null {
  if (error instanceof SluiceError && error.code === 'not_found') return null;
  throw error;
}

/** Tests name themselves and write what they like: nothing of it moves a terminal's cursor. */
const shown = (some: readonly string[]) => `${some.map(printable).join('\n')}\n`;

function optionsOf(flags: QaFlags) {
  const said = {
    query: flags.query,
    sample: flags.sample,
    repo: flags.repo === undefined ? undefined : resolve(flags.repo),
    repo_after: flags.repoAfter === undefined ? undefined : resolve(flags.repoAfter),
    commit_before: flags.commitBefore,
    commit_after: flags.commitAfter,
    test_command: flags.testCommand,
    framework: flags.framework,
    repeat: flags.repeat === undefined ? undefined : repeatOf(flags.repeat),
    image: flags.image,
    prepare: flags.prepare.length === 0 ? undefined : flags.prepare.map((command) => testCommand(command)),
    allow_network_in_prepare: flags.allowNetworkInPrepare,
    timeout_s: flags.timeout === undefined ? undefined : wholeIn('--timeout', flags.timeout, 1),
    limits: flags.limit.length === 0 ? undefined : Object.fromEntries(flags.limit.map(limitOf)),
    runtime: flags.runtime,
    missing_engine: flags.wait ? 'wait' : undefined,
    prove_task: flags.proveTask,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

/** Of `--repeat`. @throws SluiceError `usage` */
export function repeatOf(text: string): { base: number; fixed: number } {
  const [base, fixed, ...more] = text.split(',').map((count) => wholeIn('--repeat', count, 1));
  if (base === undefined || fixed === undefined || more.length > 0)
    throw new SluiceError('usage', `--repeat is two whole numbers such as 2,3, not "${text}".`);
  return { base, fixed };
}

function limitOf(text: string): [string, number] {
  const [, name = '', value = ''] = /^(\w+)=([\d.]+)$/.exec(text) ?? [];
  const number = Number(value);
  if (name in qaLimitsSchema.shape && value !== '' && Number.isFinite(number)) return [name, number];
  throw new SluiceError(
    'usage',
    `--limit is one of ${Object.keys(qaLimitsSchema.shape).join(', ')}, such as pids=256.`,
  );
}

function told({ level, text }: JobLogLine): void {
  process.stderr.write(shown([`${level === 'info' ? '' : `${level}: `}${text}`]));
}

function lines(run: QaRun): string[] {
  const { verdict, reason, trace_id, repository, framework, tier, counts, tests, restored, edits, seconds } = run;
  const of = trace_id ?? repository?.name ?? run.run_id;
  const classes = Object.entries(counts).filter(([, count]) => count > 0);
  const telling = tests.filter(({ class: is }) => is !== 'pass_to_pass' && is !== 'stable_pass' && is !== 'skipped');
  const more = telling.length - mostShown;
  return [
    `${of}  ${verdict ?? run.state}${reason === null ? '' : `: ${reason}`}`,
    ...(framework === null ? [] : [`  ${framework}, decided by ${tier}, ${(seconds ?? 0).toFixed(1)} s`]),
    ...(classes.length === 0 ? [] : [`  ${classes.map(([name, count]) => `${count} ${name}`).join(', ')}`]),
    ...telling.slice(0, mostShown).map(testLine),
    ...(more > 0 ? [`    and ${more} more; --json has all`] : []),
    ...(run.tests_edited.length === 0 ? [] : [`  edited by the change: ${run.tests_edited.join(', ')}`]),
    ...(restored === null ? [] : [`  with the tests of before: ${restored.verdict}: ${restored.reason}`]),
    ...(edits === null || edits.result === 'none' ? [] : [`  the trace’s edits: ${edits.result}: ${edits.detail}`]),
    ...(run.task === null ? [] : [`  Harbor task: ${run.task.state.replace('_', ' ')}: ${run.task.reason}`]),
    ...(run.by_hand === null ? [] : byHandLines(run.by_hand)),
  ];
}

/** One that brings a whole reporter along would bury what the tests came to. */
function byHandLines(command: string): string[] {
  return command.includes('\n')
    ? ['  by hand: the command stands in --json and on the page of the run']
    : ['  by hand:', `    ${command}`];
}

function testLine({ id, base, fixed, class: is }: QaTest): string {
  return `    ${is.padEnd(12)} ${id}  ${base.join(' ')} -> ${fixed.join(' ')}`;
}

async function doctor(flags: Flags): Promise<void> {
  const found = await withEngine(flags, async (now) => (await now().call('GET', '/qa/doctor')) as QaDoctor);
  const shown = found.prerequisites.flatMap(({ title, ok, detail, next }) => [
    `${ok ? 'ok     ' : 'MISSING'} ${title}: ${detail}`,
    ...(next === null ? [] : [`        ${next}`]),
  ]);
  process.stdout.write(flags.json ? `${JSON.stringify(found)}\n` : `${shown.join('\n')}\n`);
  if (!found.ok) process.exitCode = 1;
}

async function reaped(flags: Flags): Promise<void> {
  const gone = await withEngine(
    flags,
    async (now) => (await now().call('POST', '/qa/reap')) as { containers: number; volumes: number; images: number },
  );
  const { containers, volumes, images } = gone;
  const words = `${containers} containers, ${volumes} volumes and ${images} images removed`;
  process.stdout.write(`${flags.json ? JSON.stringify(gone) : words}\n`);
}
