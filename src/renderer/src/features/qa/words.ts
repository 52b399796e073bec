import type { QaAttempt, QaRunSummary, QaVerdict, TestClass, TestOutcome } from '../../../../shared/model/index.js';
import type { Tone } from '../../components/StatusBadge.js';

export const verdictWords: Record<QaVerdict, { label: string; tone: Tone; title: string }> = {
  passed: { label: 'passed', tone: 'green', title: 'The tests hold after the change' },
  failed: { label: 'failed', tone: 'red', title: 'The tests do not hold after the change' },
  no_evidence: { label: 'no evidence', tone: 'amber', title: 'Nothing shows that tests ran' },
  environment: {
    label: 'environment',
    tone: 'gray',
    title: 'Image, installation, memory, disk or engine: not the tests',
  },
  timeout: { label: 'timeout', tone: 'amber', title: 'The tests took too long' },
};

export const stateWords: Record<QaRunSummary['state'], string> = {
  pending: 'waits',
  running: 'running',
  done: 'done',
  failed: 'did not run',
};

export const classWords: Record<TestClass, { label: string; tone: Tone; title: string }> = {
  fail_to_pass: { label: 'fail to pass', tone: 'green', title: 'Failed before the change, passes after it' },
  pass_to_pass: { label: 'pass to pass', tone: 'gray', title: 'Passes before and after the change' },
  stable_pass: { label: 'passes', tone: 'gray', title: 'Passes; it did not run before the change' },
  stable_fail: { label: 'fails', tone: 'red', title: 'Does not pass after the change' },
  flaky: { label: 'flaky', tone: 'amber', title: 'Its runs do not agree, so it decides nothing' },
  skipped: { label: 'skipped', tone: 'gray', title: 'Did not run on either side' },
};

export const outcomeWords: Record<TestOutcome, { sign: string; label: string }> = {
  passed: { sign: '✓', label: 'passed' },
  failed: { sign: '✗', label: 'failed' },
  error: { sign: '!', label: 'error' },
  skipped: { sign: '–', label: 'skipped' },
  missing: { sign: '?', label: 'not in the report' },
};

export const tierWords: Record<QaAttempt['tier'], string> = {
  report: 'machine report',
  output: 'words of the output',
  exit_code: 'exit code',
};

export const endWords: Record<QaAttempt['ended_by'], string> = {
  itself: 'itself',
  timeout: 'the time limit',
  memory: 'the memory limit',
  cancel: 'a person',
  engine: 'the engine',
};

/** Commits as they are shown: their first twelve digits, or what stands in their place. */
export const commitText = (commit: string | null): string => commit?.slice(0, 12) ?? 'the folder as it is';

export const isUnderWay = ({ state }: Pick<QaRunSummary, 'state'>): boolean =>
  state === 'pending' || state === 'running';
