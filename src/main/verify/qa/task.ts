import { createHash } from 'node:crypto';
import { pack } from 'tar-stream';
import { SluiceError } from '../../../shared/errors.js';
import type { QaTask, TaskFile, TaskParts } from '../../../shared/model/index.js';
import { frozenEnvironment, preparedFolder, type Sandbox, taskReportFolder, workFolder } from '../../ground/sandbox.js';
import { reportsOf } from './attempt.js';
import type { TestCommand } from './frameworks/framework.js';
import { isReport } from './frameworks/reading/patterns.js';
import { createCleaner, testRunOf } from './kept.js';
import { type Plan, type State, sandboxLimits } from './plan.js';
import { dependenciesOf } from './prepared.js';
import { changesBetween } from './repository/changes.js';
import { tarOf } from './repository/tar-of.js';
import { environmental, preparedFor, type RunParts } from './run.js';
import type { QaTools } from './tools.js';
import { type TestRun, verdictOf } from './verdict.js';

export interface TaskTools extends Pick<QaTools, 'sandboxes' | 'readRun' | 'clean' | 'taskFiles'> {
  tell(line: string, level?: 'info' | 'warn'): void;
  signal: AbortSignal;
}

/** Files and characters of a change that a task carries along. */
const [mostFiles, mostCharacters] = [200, 1_000_000];
/** Where Harbor lays a task's folders and reads the reward: in the image these lead to the one place that may be written. */
const places = ['/logs', '/tests', '/solution'];
/** Lays the task's folders where Harbor does, applies its solution where that is wanted, and runs its tests. */
const script = `mkdir -p /tmp/logs && mv "$1/tests" "$1/solution" /tmp/ && rmdir "$1" || exit 99
if [ "$2" = solved ]; then bash /solution/solve.sh || exit 98; fi
exec bash /tests/test.sh`;

/**
 * The Harbor task that a run of tests is, tried: in the run's image and environment, with the repository as it was before the change, its
 * tests/test.sh has to fail, and to pass once solution/solve.sh ran. Both are the very files that a dataset gets.
 * @throws the signal's reason, and what is no matter of the environment
 */
export async function provenTask(plan: Plan, run: RunParts, tools: TaskTools): Promise<QaTask> {
  const named = (kind: string) => run.tests.filter((test) => test.class === kind).map(({ id }) => id);
  const task: QaTask = {
    state: 'not_proven',
    reason: '',
    parts: null,
    files_hash: null,
    fail_to_pass: named('fail_to_pass'),
    pass_to_pass: named('pass_to_pass'),
    before: null,
    after: null,
  };
  const { before } = plan;
  const why =
    run.verdict !== 'passed'
      ? 'Its tests did not pass after the change.'
      : before === null
        ? 'Nothing says what there was before the change.'
        : task.fail_to_pass.length === 0
          ? 'No test failed before the change and passed after it.'
          : null;
  if (why !== null || before === null) return { ...task, reason: why ?? '' };
  const made = await partsOf(plan, before, run, tools);
  if (typeof made === 'string') return { ...task, reason: made };
  const { parts, command } = made;
  const { files, hash } = tools.taskFiles(parts);
  const about = { ...task, parts, files_hash: hash };
  try {
    const turns = await bothTurns({ plan, before, files, command }, tools);
    return { ...about, ...judged(turns, about), before: turns.before.told, after: turns.after.told };
  } catch (error) {
    tools.signal.throwIfAborted();
    if (!(error instanceof SluiceError) || !environmental.has(error.code)) throw error;
    return { ...about, reason: tools.clean(`${error.message} ${error.next}`) };
  }
}

/** A string says why there is no task. */
async function partsOf(
  plan: Plan,
  before: State,
  run: RunParts,
  { clean }: TaskTools,
): Promise<{ parts: TaskParts; command: TestCommand } | string> {
  const { settings, framework } = plan;
  const edited = new Map(plan.edited.map(({ path, kind }) => [path, kind]));
  const tests: TaskParts['tests'] = [];
  const solution: TaskParts['solution'] = [];
  let characters = 0;
  for (const change of await changesBetween(before.tree, plan.after.tree)) {
    const kind = edited.get(change.path);
    // What builds the product too is the product's.
    const list = kind === undefined || kind === 'build' || kind === 'ci' ? solution : tests;
    if (change.from !== undefined) list.push({ path: change.from, text: null, executable: false });
    const mode = plan.after.tree.file(change.path)?.mode;
    if (mode === 'symlink' || (change.after === null && change.status !== 'deleted'))
      return 'The change has a file that is no text, a link, or more than 1 MB.';
    characters += change.after?.length ?? 0;
    list.push({
      path: change.path,
      text: change.after === null ? null : clean(change.after),
      executable: mode === 'executable',
    });
  }
  if (solution.length === 0) return 'The change is one of tests alone.';
  if (solution.length + tests.length > mostFiles || characters > mostCharacters)
    return `The change has more than ${mostFiles} files or ${mostCharacters.toLocaleString('en')} characters.`;
  const paths = [...tests, ...solution].map(({ path }) => path);
  const dependencies = dependenciesOf(before.tree, settings.prepare).map(({ path }) => path);
  if ([...paths, ...dependencies].some((path) => clean(path) !== path))
    return 'The gate hides a part of a file’s name.';
  const argv = settings.test_command.map(clean);
  const command = await plan.after.ask((look) => framework.command(argv, { folder: taskReportFolder, look }));
  const variables = (of: Readonly<Record<string, string>>) =>
    Object.entries(of).map(([name, value]) => ({ name, value: clean(value) }));
  return {
    command,
    parts: {
      image: settings.image,
      image_id: run.settings?.image_id ?? null,
      env: variables({ ...frozenEnvironment, ...settings.env }),
      prepare: settings.prepare.map((words) => ({ argv: words.map(clean) })),
      dependencies,
      test_command: command.argv,
      test_env: variables(command.env),
      tests,
      solution,
    },
  };
}

interface Turn {
  told: NonNullable<QaTask['before']>;
  /** Null: it did not come to its end by itself, or never came to the tests. */
  run: TestRun | null;
  /** What kept it from that. */
  cut: string;
}
interface Trial {
  plan: Plan;
  before: State;
  files: readonly TaskFile[];
  command: TestCommand;
}

async function bothTurns(trial: Trial, tools: TaskTools): Promise<{ before: Turn; after: Turn }> {
  const { plan, before } = trial;
  const { sandboxes, tell, signal } = tools;
  const prepared = await preparedFor(plan, before, tools);
  const commands = places.map((place) => ['ln', '-s', `/tmp${place}`, place]);
  const placed = await sandboxes.prepare(
    {
      base: prepared.image,
      workdir: preparedFolder,
      files: () => tarOf(before.tree, { leaveOut: () => true, mtime: plan.time, commit: false }),
      commands,
      env: {},
      network: false,
      key: createHash('sha256').update(JSON.stringify(commands)).digest('hex'),
      limits: sandboxLimits(plan.settings.limits),
    },
    tell,
    signal,
  );
  const cleaned = createCleaner(tools.clean, signal);
  const of = async (solved: boolean): Promise<Turn> => {
    tell(`== the task's tests ${solved ? 'with its solution' : 'before the change'}`);
    return turn(trial, { image: placed.image, solved, cleaned }, tools);
  };
  return { before: await of(false), after: await of(true) };
}

async function turn(
  { plan, before, files, command }: Trial,
  { image, solved, cleaned }: { image: string; solved: boolean; cleaned: ReturnType<typeof createCleaner> },
  { sandboxes, readRun, tell, signal }: TaskTools,
): Promise<Turn> {
  const { settings, framework, time } = plan;
  const limits = sandboxLimits(settings.limits);
  const sandbox = await sandboxes.open({
    image,
    workdir: workFolder,
    env: settings.env,
    limits,
    runtime: settings.runtime,
  });
  try {
    const leaveOut = (path: string) => isReport(path, command.reports);
    await sandbox.copyIn(tarOf(before.tree, { leaveOut, mtime: time, commit: true }));
    const folder = '.sluice-task';
    await sandbox.copyIn(tarOfTask(files, folder, time));
    const argv = ['sh', '-c', script, 'sh', folder, solved ? 'solved' : 'as it is'];
    const result = await sandbox.exec({ argv, seconds: limits.seconds, signal });
    signal.throwIfAborted();
    const { ended_by, seconds, output } = result;
    const code = await wordIn(sandbox, '/tmp/logs/verifier/exit-code.txt');
    const told = {
      exit_code: code !== null && /^\d{1,3}$/.test(code) ? Number(code) : null,
      reward: await wordIn(sandbox, '/tmp/logs/verifier/reward.txt'),
      seconds,
    };
    if (ended_by !== 'itself' || told.exit_code === null) {
      const cut = ended_by === 'itself' ? `its scripts ended with ${result.exit_code}` : `it was ended by ${ended_by}`;
      return { told, run: null, cut };
    }
    const { exit_code } = told;
    const reports = await reportsOf(sandbox, command, { tell, signal });
    const left = { workdir: workFolder, reports, output, exit_code };
    const report = await readRun({ framework: framework.id, command, run: left }, signal);
    const { dropped_bytes } = output;
    const asAttempt = { side: solved ? 'fixed' : 'base', restored: false, n: 1 } as const;
    const finished = await cleaned({ ...asAttempt, exit_code, ended_by, seconds, dropped_bytes, report, output });
    return { told, run: testRunOf(finished), cut: '' };
  } finally {
    await sandbox.close().catch((error: Error) => tell(`The sandbox does not close: ${error.message}`, 'warn'));
  }

  /** What a script wrote of itself: a few characters, whatever else may lie there. */
  async function wordIn(from: Sandbox, path: string): Promise<string | null> {
    const bytes = await from.copyOut(path, 64).catch((error: unknown) => {
      if (error instanceof SluiceError && error.code === 'sandbox_file_too_large') return null;
      throw error;
    });
    const word = bytes === null ? '' : Buffer.from(bytes).toString('latin1').trim();
    return /^[\d.]{1,10}$/.test(word) ? word : null;
  }
}

/** What both times come to. */
function judged(
  { before, after }: { before: Turn; after: Turn },
  { fail_to_pass, pass_to_pass }: QaTask,
): Pick<QaTask, 'state' | 'reason'> {
  if (before.run === null) return { state: 'not_proven', reason: `Before the change ${before.cut}.` };
  if (after.run === null) return { state: 'not_proven', reason: `With the solution ${after.cut}.` };
  if (before.told.reward !== '0') return { state: 'refuted', reason: 'Its tests pass before the change too.' };
  if (after.told.reward !== '1')
    return { state: 'refuted', reason: `Its tests do not pass with the solution (exit code ${after.told.exit_code}).` };
  const { verdict, reason, tests } = verdictOf({ base: [before.run], fixed: [after.run], exitCodeNamed: false });
  if (verdict !== 'passed') return { state: 'refuted', reason };
  const classes = new Map(tests.map((test) => [test.id, test.class]));
  const other = fail_to_pass.filter((id) => classes.get(id) !== 'fail_to_pass');
  const broken = pass_to_pass.filter((id) => classes.get(id) !== 'pass_to_pass');
  if (other.length + broken.length > 0)
    return {
      state: 'refuted',
      reason: `${other.length + broken.length} tests end otherwise than in the run that it was made of.`,
    };
  return {
    state: 'proven',
    reason: `Its tests fail before the change (exit code ${before.told.exit_code}) and pass with the solution.`,
  };
}

async function* tarOfTask(files: readonly TaskFile[], folder: string, time: number): AsyncGenerator<Uint8Array> {
  const made = pack();
  const mtime = new Date(time * 1000);
  for (const { path, text, script: runs } of files)
    made.entry({ name: `${folder}/${path}`, mode: runs ? 0o755 : 0o644, mtime }, text);
  made.finalize();
  yield* made as AsyncIterable<Uint8Array>;
}
