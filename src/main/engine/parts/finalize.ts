import { SluiceError } from '../../../shared/errors.js';
import type { FinalizeQa } from '../../../shared/model/index.js';
import type { Finals } from '../../api/index.js';
import { checkFinal } from '../../intake/index.js';
import { isAgreed } from '../../models/index.js';
import { finalizeKind } from '../../verify/finalize.js';
import type { EngineContext } from '../context.js';
import type { JudgePart } from './judge.js';
import type { ModelsPart } from './models.js';
import type { VerifyPart } from './verify.js';

const several =
  'Several model profiles are agreed to, so nothing was judged: name one as `judge.profile`, in the request or in the settings.';
/** Traces that are finalized or wait for it: each is a job that is kept. */
const mostWaiting = 1000;
const off = 'The settings run no tests of traces that are finalized (`qa.on_finalize`).';

/** What is done with a trace that is whole: its check, its tests, its judge, as one job. */
export function finalizePart(
  context: EngineContext,
  parts: {
    models: Pick<ModelsPart, 'profiles'>;
    judge: Pick<JudgePart, 'reasoning'>;
    verify: Pick<VerifyPart, 'tests'>;
  },
) {
  const { settings, work, commands, typed, tick } = context;
  const { profiles } = parts.models;

  /** The profile that is asked, or why none is. */
  function profileOf(named: string | undefined): { profile: string | null } | { why_not: string } {
    const profile = named ?? settings.current().judge.profile;
    if (profile !== null) return { profile };
    const [first, ...others] = profiles.list().filter(isAgreed);
    return others.length > 0 ? { why_not: several } : { profile: first?.name ?? null };
  }

  const kind = finalizeKind({
    check: (trace_id, { signal, log }) => work.step(checkFinal, { trace_id }, { signal, log }),
    tests: {
      begin: (traceId, asked, jobId) =>
        asked === false
          ? Promise.resolve({ why_not: 'None were asked for.' })
          : settings.current().qa.on_finalize
            ? parts.verify.tests.begin(traceId, asked ?? {}, jobId)
            : Promise.resolve({ why_not: off }),
      carryOut: (begun, asked, control) => parts.verify.tests.carryOut(begun, asked || {}, control),
      status: (traceId) => parts.verify.tests.status(traceId),
    },
    async reasoning(traceId, asked, signal) {
      if (asked === false || (asked === null && !settings.current().judge.on_finalize)) return null;
      const chosen = profileOf(typeof asked === 'object' ? asked?.profile : undefined);
      const said =
        'why_not' in chosen
          ? { reasoning_score: null, reasoning_feedback: chosen.why_not }
          : await parts.judge.reasoning(traceId, { ...chosen, signal });
      if (said.reasoning_score === null) {
        await commands.noteUnjudged(traceId, said.reasoning_feedback ?? 'Nothing was judged.');
        tick(['traces']);
      }
      return said;
    },
  });

  /** Who may add to a trace may not have its tests run for longer, or more often, than the settings let them. */
  function checkTests(qa: FinalizeQa): void {
    typed.said(qa, 'request');
    const { limits, repeat } = settings.current().qa;
    const asked = [
      { path: 'qa.timeout_s', said: qa.timeout_s, most: limits.seconds },
      { path: 'qa.repeat.base', said: qa.repeat?.base, most: repeat.base },
      { path: 'qa.repeat.fixed', said: qa.repeat?.fixed, most: repeat.fixed },
    ];
    const problems = asked.flatMap(({ path, said, most }) =>
      said === undefined || said <= most ? [] : [{ path, message: `at most ${most}, as the settings have it` }],
    );
    const [problem] = problems;
    if (problem) throw new SluiceError('validation_failed', `${problem.path}: ${problem.message}`, problems);
  }

  /** Whoever sends traces in a loop does not fill the queue for everybody. */
  function checkRoom(): void {
    const waiting = context
      .jobs()
      .active()
      .filter(({ kind: each }) => each === kind.id).length;
    if (waiting >= mostWaiting)
      throw new SluiceError('too_many_jobs', `${waiting} traces are being finalized or wait for it.`);
  }

  return {
    id: 'finalize',
    services: {
      finals: {
        check({ qa, judge }) {
          checkRoom();
          if (typeof qa === 'object') checkTests(qa);
          if (typeof judge === 'object' && judge.profile !== undefined) profiles.get(judge.profile);
        },
        start: (trace_id, { qa, judge }) =>
          context.startJob(kind.id, `Finalize ${trace_id}`, {
            trace_id,
            ...(qa !== undefined && { qa }),
            ...(judge !== undefined && { judge }),
          }),
        settled: (jobId) => context.jobs().settled(jobId),
      } satisfies Finals,
    },
    jobs: [kind],
  };
}
