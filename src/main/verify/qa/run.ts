import { createHash } from 'node:crypto';
import { type ErrorCode, SluiceError } from '../../../shared/errors.js';
import {
  type EditsCompared,
  type QaRun,
  type QaSettings,
  type QaTier,
  qaTiers,
  type TestClass,
  testClasses,
} from '../../../shared/model/index.js';
import type { PreparedImage, SandboxMaker } from '../../ground/sandbox.js';
import { type AttemptAsked, attempt } from './attempt.js';
import { byHand } from './by-hand.js';
import { exitCode } from './frameworks/exit-code.js';
import { createCleaner, type FinishedAttempt, type Kept, testRunOf } from './kept.js';
import { withoutKeys } from './keys-in-lines.js';
import { type Plan, type State, sandboxLimits } from './plan.js';
import { preparationOf } from './prepared.js';
import { compareEdits, type Edit } from './repository/edits.js';
import type { QaTools } from './tools.js';
import { type Verdict, verdictOf } from './verdict.js';

export interface RunTools {
  sandboxes: SandboxMaker;
  readRun: QaTools['readRun'];
  /** The gate. */
  clean(text: string): string;
  /** Names the rules that the gate goes by now. */
  rules(): string;
  /** A line of the job's log, which has a gate of its own. */
  tell(line: string, level?: 'info' | 'warn'): void;
  /** How many of all attempts are over, and what is under way. */
  progress(done: number, total: number, doing: string): void;
  signal: AbortSignal;
  /** Of an earlier start of the same run. */
  kept: Kept | null;
  /** Edits that the trace tells. */
  edits(): Promise<Edit[]>;
  keep(kept: Kept): Promise<unknown>;
}

/** What a run came to. */
export type RunParts = Omit<
  QaRun,
  'run_id' | 'trace_id' | 'job_id' | 'state' | 'created_at' | 'started_at' | 'ended_at' | 'task'
>;

/** What keeps tests from running and is no fault of theirs. */
export const environmental: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'sandbox_unavailable',
  'sandbox_forbidden',
  'sandbox_engine_unfit',
  'sandbox_limits_missing',
  'sandbox_runtime_missing',
  'sandbox_engine_failed',
  'sandbox_disk_full',
  'sandbox_work_full',
  'image_missing',
  'image_unfit',
  'prepare_failed',
]);

/**
 * Runs the tests as planned: of before, of after, and of after with the tests of before where the change edited them. Attempts that an
 * earlier start finished are not repeated. Every text of what comes out has gone through the gate as it is then.
 * @throws what is no matter of the environment; `sandbox_unavailable` too where the run is to wait for the engine; the signal's reason
 */
export async function runQa(plan: Plan, tools: RunTools): Promise<RunParts> {
  for (const { path, reason } of plan.after.tree.left_out) tools.tell(`Left out: ${path} (${reason})`, 'warn');
  const missing = missingContent(plan);
  if (missing !== null) tools.tell(missing, 'warn');
  for (;;) {
    const rules = tools.rules();
    const parts = await runUnder(rules, plan, tools);
    if (parts !== null && tools.rules() === rules) return parts;
    // What is stored is redacted anew by them; what is held here would undo that, and the tests' names have to be the same in all.
    tools.tell('The rules of redaction are others now: the tests run anew.', 'warn');
  }
}

/** Null: the rules are others by now, and nothing was kept since. */
async function runUnder(rules: string, plan: Plan, tools: RunTools): Promise<RunParts | null> {
  const { signal, tell } = tools;
  let kept: Kept = { key: '', attempts: [] };
  const settings: QaSettings = { ...plan.settings };
  let hand: string | null = null;
  try {
    const images = await imagesOf(plan, tools);
    settings.image_id = images.after.image_id;
    const key = keyOf(plan, images, rules);
    kept = tools.kept?.key === key ? tools.kept : { key, attempts: [] };
    hand = tools.clean(await byHand(plan, tools.sandboxes, images.after.image));
    if (!(await runAll(plan, kept, images, rules, tools))) return null;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof SluiceError) || !environmental.has(error.code)) throw error;
    if (error.code === 'sandbox_unavailable' && settings.missing_engine === 'wait') throw error;
    tell(error.message, 'warn');
    return {
      ...outcomeOf(plan, kept.attempts, tools.clean),
      ...described(plan, settings, tools.clean),
      verdict: 'environment',
      tests_passed: null,
      reason: tools.clean(`${error.message} ${error.next}`),
      restored: null,
      restored_verdict: null,
      output_snippet: lastWords(error, tools.clean) ?? outputOf(kept.attempts),
      edits: null,
      by_hand: hand,
    };
  }
  const edits =
    plan.before === null ? null : await compareEdits(plan.before.tree, plan.after.tree, await tools.edits());
  return {
    ...outcomeOf(plan, kept.attempts, tools.clean),
    ...described(plan, settings, tools.clean),
    output_snippet: outputOf(kept.attempts),
    edits: edits && cleanEdits(edits, tools.clean),
    by_hand: hand,
  };
}

/** What is known of a run before its tests ran. */
export function described(
  plan: Plan,
  settings: QaSettings,
  clean: (text: string) => string,
): Pick<QaRun, 'framework' | 'image' | 'repository' | 'settings' | 'tests_edited'> {
  const { name, ...repository } = plan.repository;
  return {
    framework: plan.framework.id,
    image: settings.image,
    repository: { name: clean(name), ...repository },
    settings: {
      ...settings,
      test_command: settings.test_command.map(clean),
      prepare: settings.prepare.map((argv) => argv.map(clean)),
    },
    tests_edited: plan.edited.map(({ path }) => clean(path)),
  };
}

export const noCounts = Object.fromEntries(testClasses.map((kind) => [kind, 0])) as Record<TestClass, number>;

interface Images {
  before: PreparedImage | null;
  after: PreparedImage;
}

/**
 * The same for the same states, settings, images and rules of the gate: only then is a run gone on with. A name may mean another
 * image by then.
 */
function keyOf({ key }: Plan, { before, after }: Images, rules: string): string {
  return createHash('sha256')
    .update(JSON.stringify([key, before?.image_id ?? null, after.image_id, rules]))
    .digest('hex');
}

/** Each state's own dependencies; states with the same ones share an image. */
async function imagesOf(plan: Plan, tools: RunTools): Promise<Images> {
  const { prepare } = plan.settings;
  if (prepare.length > 0) tools.progress(0, attemptsOf(plan).length, 'preparing the image');
  const after = await preparedFor(plan, plan.after, tools);
  return { before: plan.before && (prepare.length === 0 ? after : await preparedFor(plan, plan.before, tools)), after };
}

/** The image that a state's tests run in, prepared as the settings say. */
export async function preparedFor(
  plan: Plan,
  { tree }: State,
  { sandboxes, tell, signal }: Pick<RunTools, 'sandboxes' | 'tell' | 'signal'>,
): Promise<PreparedImage> {
  const { image, prepare: commands, network_in_prepare: network, limits } = plan.settings;
  const asked = { image, commands, network, limits: sandboxLimits(limits), mtime: plan.time };
  const prepared = await sandboxes.prepare(preparationOf(tree, asked), withoutKeys(tell), signal);
  if (!prepared.cached) tell(`Prepared in ${prepared.seconds.toFixed(1)} s`);
  return prepared;
}

/** What git LFS keeps elsewhere: tests that read it find its pointer. */
function missingContent({ before, after }: Plan): string | null {
  const paths = [...new Set([...after.tree.pointers, ...(before?.tree.pointers ?? [])])];
  if (paths.length === 0) return null;
  const named = paths.slice(0, 5).map((path) => path.slice(0, 200));
  return `Only pointers of git LFS are here of ${paths.length} file${paths.length === 1 ? '' : 's'} (${named.join(', ')}${paths.length > 5 ? ', …' : ''}): \`git lfs fetch --all\` in the clone brings what they stand for.`;
}

function attemptsOf({ settings: { repeat }, before, restored }: Plan): AttemptAsked[] {
  const times = (count: number, side: AttemptAsked['side'], again: boolean) =>
    Array.from({ length: count }, (_, index) => ({ side, restored: again, n: index + 1 }));
  return [
    ...(before ? times(repeat.base, 'base', false) : []),
    ...times(repeat.fixed, 'fixed', false),
    ...(restored ? times(repeat.base, 'fixed', true) : []),
  ];
}

const isOf = (one: AttemptAsked, other: AttemptAsked) => one.side === other.side && one.restored === other.restored;

/**
 * What did not come to its end by itself is not tried again: it would take as long, and its verdict stands. False: the rules of the
 * gate are others by now.
 */
async function runAll(plan: Plan, kept: Kept, images: Images, rules: string, tools: RunTools): Promise<boolean> {
  const asked = attemptsOf(plan);
  const cleaned = createCleaner(tools.clean, tools.signal);
  for (const [index, one] of asked.entries()) {
    const others = kept.attempts.filter(({ attempt }) => isOf(attempt, one));
    if (others.some(({ attempt }) => attempt.n === one.n || attempt.ended_by !== 'itself')) continue;
    const doing = `${nameOf(one)}, ${one.n} of ${asked.filter((other) => isOf(other, one)).length}`;
    tools.progress(index, asked.length, doing);
    tools.tell(`== ${doing}`);
    // By its id: all attempts of a side run in one image, whatever its name comes to mean.
    const { image_id } = (one.side === 'base' ? images.before : images.after) as PreparedImage;
    const finished = await cleaned(await attempt(plan, one, { ...tools, image: image_id }));
    if (finished.attempt.ended_by === 'engine' && plan.settings.missing_engine === 'wait')
      throw new SluiceError('sandbox_unavailable', 'The engine of containers ended a run.');
    if (tools.rules() !== rules) return false;
    kept.attempts.push(finished);
    tools.tell(`== ${doing}: ${spoken(finished)}`);
    await tools.keep(kept);
  }
  return true;
}

function nameOf({ side, restored }: AttemptAsked): string {
  if (side === 'base') return 'before the change';
  return restored ? 'after the change, with the tests of before' : 'after the change';
}

function spoken({ attempt: { counts, exit_code, ended_by, seconds } }: FinishedAttempt): string {
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  const how = { itself: `exit code ${exit_code}`, timeout: 'out of time', memory: 'out of memory' };
  return [
    ...told.map(([outcome, count]) => `${count} ${outcome}`),
    how[ended_by as keyof typeof how] ?? `ended by the ${ended_by}`,
    `${seconds.toFixed(1)} s`,
  ].join(', ');
}

type Outcome = Pick<
  RunParts,
  | 'verdict'
  | 'tests_passed'
  | 'reason'
  | 'tests'
  | 'counts'
  | 'tier'
  | 'test_exit_code'
  | 'attempts'
  | 'seconds'
  | 'restored'
  | 'restored_verdict'
>;

function outcomeOf(plan: Plan, attempts: readonly FinishedAttempt[], clean: RunTools['clean']): Outcome {
  const of = (side: AttemptAsked['side'], restored: boolean) =>
    attempts.filter(({ attempt }) => isOf(attempt, { side, restored, n: 0 })).map(testRunOf);
  const [base, fixed, again] = [of('base', false), of('fixed', false), of('fixed', true)];
  const exitCodeNamed = plan.settings.framework === exitCode.id;
  const { verdict, tests_passed, reason, tests, counts } = verdictOf({ base, fixed, exitCodeNamed });
  // Whoever reads why it did not pass has to know.
  const missing = verdict === 'passed' ? null : missingContent(plan);
  const restored: Verdict | null = again.length === 0 ? null : verdictOf({ base, fixed: again, exitCodeNamed });
  return {
    verdict,
    tests_passed,
    reason: missing === null ? reason : `${reason} ${clean(missing)}`,
    tests,
    counts,
    tier: weakest(fixed.map(({ report }) => report.tier)),
    test_exit_code: speaking(attempts)?.attempt.exit_code ?? null,
    attempts: attempts.map(({ attempt }) => attempt),
    seconds: attempts.reduce((sum, { attempt }) => sum + attempt.seconds, 0),
    restored: restored && { verdict: restored.verdict, reason: restored.reason, tests: restored.tests },
    restored_verdict: restored?.verdict ?? null,
  };
}

/** What the verdict rests on is no surer than its weakest run. */
function weakest(tiers: readonly QaTier[]): QaTier | null {
  return tiers.length === 0 ? null : (qaTiers[Math.max(...tiers.map((tier) => qaTiers.indexOf(tier)))] ?? null);
}

/** The run after the change that a person looks at: the first that did not go well, else the last. */
function speaking(attempts: readonly FinishedAttempt[]): FinishedAttempt | undefined {
  const fixed = attempts.filter(({ attempt }) => attempt.side === 'fixed' && !attempt.restored);
  return fixed.find(({ attempt }) => attempt.exit_code !== 0) ?? fixed.at(-1);
}

function outputOf(attempts: readonly FinishedAttempt[]): string | null {
  return (speaking(attempts) ?? attempts.at(-1))?.output ?? null;
}

function cleanEdits({ result, detail, files }: EditsCompared, clean: RunTools['clean']): EditsCompared {
  return { result, detail: clean(detail), files: files.map(({ path, state }) => ({ path: clean(path), state })) };
}

/** Of a preparation that failed. */
function lastWords({ details }: SluiceError, clean: (text: string) => string): string | null {
  const output = (details as { output?: unknown } | undefined)?.output;
  return typeof output === 'string' && output !== '' ? clean(output) : null;
}
