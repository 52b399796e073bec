import type { Forks, Step, Trace } from '../../../shared/model/index.js';
import { type FilePatch, patchesIn, testFile } from '../harbor/diffs.js';
import { type ForkPoint, forkPoints } from '../harbor/fork-points.js';
import { type Repository, repositoryOf } from '../harbor/repository.js';
import { type Task, taskSchema } from '../harbor/task.js';
import type { ProvenTask } from '../source.js';
import { trajectoryOf } from '../trajectory/trajectory.js';
import { type RowOptions, reasoningKept, type TraceLayout } from './layout.js';

/** A captured session as tasks of Harbor, each a folder: an agent goes on with it from one of its steps. */
export const harborTask = {
  id: 'harbor-task',
  title: 'Harbor tasks',
  description:
    'A Harbor 1.4 task for each step that an agent can go on from: instruction, environment at that state, tests, the captured change as its solution, and what was said before as a trajectory.',
  of: 'trace',
  package: 'harbor-task',
  format: 'harbor',
  consent: 'column',
  row: taskSchema,
  choices: { reasoning: reasoningKept, forks: ['all', 'start', 'last'] },
  *rows(trace, options) {
    const tried = options.task(trace.trace_id);
    if (tried?.task.state === 'refuted') {
      yield { skipped: 'its tests and solution were tried, and do not tell the change (its run of tests says how)' };
      return;
    }
    const repository = repositoryOf(trace);
    const change = typeof repository === 'string' ? repository : changeOf(trace, repository);
    if (typeof repository === 'string' || typeof change === 'string') {
      yield { skipped: change as string };
      return;
    }
    for (const point of forkPoints(trace, options.forks as Forks)) {
      const task = 'skipped' in point ? point.skipped : taskAt(point, trace, { repository, change, tried }, options);
      if (typeof task === 'string') yield { skipped: task };
      else yield { row: task, origin: { step_id: task.step_id } };
    }
  },
} satisfies TraceLayout<typeof taskSchema>;

/** What was changed: edit by edit, or all at once; by the step that changed it. */
type Change = { at: Step | null; patches: FilePatch[] | null }[];

/** A string says why nobody could repeat it. */
function changeOf(trace: Trace, { commit_after }: Repository): Change | string {
  const edits = trace.steps.flatMap((step) =>
    step.type === 'code_edit' ? [{ at: step, patches: patchesIn(step.diff, step.file) }] : [],
  );
  const final = trace.metadata?.git_patch;
  const whole = typeof final === 'string' && edits.length === 0 ? patchesIn(final, '') : null;
  if (whole !== null) return [{ at: null, patches: whole }];
  if (edits.length > 0 && (commit_after !== null || edits.every(({ patches }) => patches !== null))) return edits;
  if (commit_after !== null) return [];
  return edits.length === 0
    ? 'what it changed is not known, neither as edits nor as a commit'
    : 'an edit is not told as a whole diff, and no commit holds what it led to';
}

function taskAt(
  { step, before }: ForkPoint,
  trace: Trace,
  { repository, change, tried }: { repository: Repository; change: Change; tried: ProvenTask | null },
  options: RowOptions,
): Task | string {
  const done = new Set(before);
  const prior = change.filter(({ at }) => at !== null && done.has(at));
  if (prior.some(({ patches }) => patches === null))
    return 'what was edited before this step is not told as whole diffs';
  const all = change.flatMap(({ patches }) => patches ?? []);
  // An edit that is no patch is in the commit alone, and then all of it is taken from there.
  const allArePatches = change.every(({ patches }) => patches !== null);
  const rest = change.filter(({ at }) => at === null || !done.has(at)).flatMap(({ patches }) => patches ?? []);
  const trajectory = before.some((each) => answered(each))
    ? trajectoryOf({ ...trace, steps: [...before], ...ofSteps(trace, before) }, options)
    : null;
  const asked = taskOf(trace);
  const run = tried?.task.parts ?? null;
  return {
    trace_id: trace.trace_id,
    from_step: step.seq,
    step_id: step.step_id,
    instruction:
      trajectory === null
        ? `${asked}\n`
        : `Go on with this task. What was said and done so far stands in your context.\n\n${asked}\n`,
    repository,
    prior_edits: prior.flatMap(({ patches }) => patches ?? []),
    solution: run === null && allArePatches ? rest.filter(({ file }) => !testFile.test(file)) : [],
    tests: run === null && allArePatches ? all.filter(({ file }) => testFile.test(file)) : [],
    run,
    proof: proofAt(tried, prior.length),
    not_replayed: before.filter(({ type }) => type === 'terminal_command' || type === 'tool_call').length,
    trajectory,
  };
}

/** What was tried is the state before the change: a task that begins behind an edit begins elsewhere. */
function proofAt(tried: ProvenTask | null, edits: number): Task['proof'] {
  if (tried === null)
    return {
      state: 'not_proven',
      reason: 'Its tests were not run to prove it (sluice qa --prove-task).',
      run_id: null,
      exit_code_before: null,
      exit_code_after: null,
      fail_to_pass: [],
      pass_to_pass: [],
      files_hash: null,
    };
  const { state, reason, before, after, fail_to_pass, pass_to_pass, files_hash } = tried.task;
  const behind = state === 'proven' && edits > 0;
  return {
    state: behind ? 'not_proven' : state,
    reason: behind ? `Proven at commit_before, not behind the ${edits} edits that were made before this step.` : reason,
    run_id: tried.run_id,
    exit_code_before: before?.exit_code ?? null,
    exit_code_after: after?.exit_code ?? null,
    fail_to_pass,
    pass_to_pass,
    files_hash,
  };
}

/** Whether somebody else than the one who asks has spoken or acted. */
function answered(step: Step): boolean {
  return step.type !== 'message' || (step.role !== 'user' && step.role !== 'system' && step.role !== 'developer');
}

/** The calls that these steps are of: sums over a prefix are those of the prefix. */
function ofSteps(trace: Trace, steps: readonly Step[]): Pick<Trace, 'calls'> {
  const answers = new Set(steps.filter((step) => answered(step)).map(({ call_id }) => call_id));
  return { calls: trace.calls.filter(({ call_id }) => answers.has(call_id)) };
}

/** What was asked for: the first words of a person, else what the trace is called. */
function taskOf(trace: Trace): string {
  for (const step of trace.steps)
    if (step.type === 'message' && step.role === 'user' && step.content.trim() !== '') return step.content.trim();
  return trace.title;
}
