import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { SluiceError } from '../../../shared/errors.js';
import type { QaAttempt, QaSide, TestOutcome } from '../../../shared/model/index.js';
import { eachAtOnce } from '../../ground/each-at-once.js';
import {
  type ExecResult,
  type OpenRequest,
  type Sandbox,
  type SandboxMaker,
  workFolder,
} from '../../ground/sandbox.js';
import type { FrameworkReport, TestCommand } from './frameworks/framework.js';
import { isReport } from './frameworks/reading/patterns.js';
import { textOf } from './frameworks/reading/text.js';
import { tellOutput } from './live-output.js';
import { type Plan, type State, sandboxLimits } from './plan.js';
import { tarOf } from './repository/tar-of.js';
import type { QaTools } from './tools.js';

export interface AttemptAsked {
  side: QaSide;
  /** With the tests of before. */
  restored: boolean;
  n: number;
}

export interface AttemptTools {
  sandboxes: SandboxMaker;
  readRun: QaTools['readRun'];
  /** What the tests of this side run in. */
  image: string;
  tell(line: string, level?: 'info' | 'warn'): void;
  signal: AbortSignal;
}

type ReportTools = Pick<AttemptTools, 'tell' | 'signal'>;

/** What one time of running the tests left; nothing of it has passed the gate. */
export interface RawAttempt extends Omit<QaAttempt, 'counts' | 'tier' | 'evidence' | 'collection_error'> {
  report: FrameworkReport;
  /** What it wrote. */
  output: ExecResult['output'];
}

/** Of one report, of all of a run, how many are taken, and bytes of the list of their names. */
const [largestReport, largestReports, mostReports, longestList] = [32 << 20, 64 << 20, 5000, 4 << 20];
/** The folder of a run's reports is made inside, in the same breath as the tests begin. */
const inFolder = 'mkdir -p "$1" && shift && exec "$@"';

/** Runs the tests once, in a sandbox of their own. @throws what the sandbox throws; the signal's reason */
export async function attempt(plan: Plan, asked: AttemptAsked, tools: AttemptTools): Promise<RawAttempt> {
  const { sandboxes, tell, signal } = tools;
  const state = asked.side === 'base' ? (plan.before as State) : plan.after;
  const folder = `/tmp/report-${randomBytes(6).toString('hex')}`;
  const { command, request, argv } = await commandOf(plan, state, tools.image, folder);
  const sandbox = await sandboxes.open(request);
  try {
    signal.throwIfAborted();
    await sandbox.copyIn(
      tarOf(state.tree, {
        ...(asked.restored && plan.restored ? { changed: plan.restored } : {}),
        leaveOut: (path) => isReport(path, command.reports),
        mtime: plan.time,
        commit: true,
      }),
    );
    const { seconds } = plan.settings.limits;
    const output = tellOutput(tell);
    const result = await sandbox.exec({ argv, seconds, signal, onOutput: output.add });
    signal.throwIfAborted();
    output.end(result.output);
    const reports = await reportsOf(sandbox, command, tools);
    const left = { workdir: workFolder, reports, output: result.output, exit_code: result.exit_code };
    const report = await tools.readRun({ framework: plan.framework.id, command, run: left }, signal);
    const { exit_code, ended_by } = result;
    return {
      ...asked,
      exit_code,
      ended_by,
      seconds: result.seconds,
      dropped_bytes: result.output.dropped_bytes,
      report,
      output: result.output,
    };
  } finally {
    // What is left behind is removed with the next start; what the tests came to is there.
    await sandbox.close().catch((error: Error) => tell(`The sandbox does not close: ${error.message}`, 'warn'));
  }
}

/** What is run, and where. */
export async function commandOf(
  { settings, framework }: Plan,
  { ask }: State,
  image: string,
  folder: string,
): Promise<{ command: TestCommand; request: OpenRequest; argv: string[] }> {
  const command = await ask((look) => framework.command(settings.test_command, { folder, look }));
  return {
    command,
    request: {
      image,
      workdir: workFolder,
      env: { ...settings.env, ...command.env },
      limits: sandboxLimits(settings.limits),
      runtime: settings.runtime,
    },
    argv: ['sh', '-c', inFolder, 'sh', folder, ...command.argv],
  };
}

/** How many tests of an attempt ended how. */
export function countsOf({ tests }: FrameworkReport): Record<TestOutcome, number> {
  const counts = { passed: 0, failed: 0, error: 0, skipped: 0, missing: 0 };
  for (const { outcome } of tests) counts[outcome] += 1;
  return counts;
}

/** The reports that the run left, as far as they are no larger than what is read of them. */
export async function reportsOf(
  sandbox: Sandbox,
  { reports }: TestCommand,
  tools: ReportTools,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const named = reports.filter((report) => !report.includes('*'));
  const patterns = reports.filter((report) => report.includes('*'));
  const found = patterns.length === 0 ? [] : await filesLike(sandbox, patterns, tools);
  if (found.length > mostReports) tools.tell(`Of ${found.length} reports the first ${mostReports} are read.`, 'warn');
  const taken = new Map<string, Uint8Array>();
  let total = 0;
  await eachAtOnce([...named, ...found.slice(0, mostReports)], 8, async (path) => {
    if (total > largestReports) return;
    const bytes = await copyOf(sandbox, path, tools);
    total += bytes?.length ?? 0;
    if (bytes !== null) taken.set(path, bytes);
  });
  return taken;
}

async function copyOf(sandbox: Sandbox, path: string, { tell }: ReportTools): Promise<Uint8Array | null> {
  try {
    return await sandbox.copyOut(path, largestReport);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'sandbox_file_too_large') throw error;
    tell(`A report is not read: ${error.message}`, 'warn');
    return null;
  }
}

/** Paths of regular files that fit a pattern: from the repository's root, or absolute. */
async function filesLike(
  sandbox: Sandbox,
  patterns: readonly string[],
  { signal, tell }: ReportTools,
): Promise<string[]> {
  const roots = [...new Set(patterns.map((path) => (posix.isAbsolute(path) ? posix.dirname(path) : '.')))];
  const names = [...new Set(patterns.map((path) => posix.basename(path)))];
  const tests = names.flatMap((name, index) => [...(index === 0 ? [] : ['-o']), '-name', name]);
  const listed: Uint8Array[] = [];
  let bytes = 0;
  const { exit_code } = await sandbox.exec({
    argv: ['sh', '-c', 'exec find "$@" 2>/dev/null', 'sh', ...roots, '-type', 'f', '(', ...tests, ')', '-print0'],
    seconds: 60,
    signal,
    onOutput(chunk, stream) {
      if (stream !== 'stdout' || bytes > longestList) return;
      bytes += chunk.length;
      listed.push(chunk);
    },
  });
  signal.throwIfAborted();
  if (exit_code === 127) tell('The image has no `find`: reports cannot be looked for.', 'warn');
  return textOf(Buffer.concat(listed))
    .split('\0')
    .slice(0, -1)
    .map((path) => path.replace(/^\.\//, ''))
    .filter((path) => isReport(path, patterns))
    .sort();
}
