import type { StoreCommands } from '../../src/main/store/contract.js';
import { uuidv7 } from '../../src/shared/ids.js';
import { type Json, type QaRun, qaLimitsSchema } from '../../src/shared/model/index.js';

/** A run of the tests of a repository; where it is said to be done, one that passed. */
export function qaRun(change: Partial<QaRun> & Pick<QaRun, 'state' | 'trace_id'>): QaRun {
  const done = change.state === 'done';
  const now = new Date().toISOString();
  return {
    run_id: uuidv7(),
    job_id: null,
    created_at: now,
    started_at: change.state === 'pending' ? null : now,
    ended_at: done || change.state === 'failed' ? now : null,
    verdict: done ? 'passed' : null,
    tests_passed: done ? true : null,
    test_exit_code: done ? 0 : null,
    framework: 'pytest',
    tier: done ? 'report' : null,
    counts: { fail_to_pass: 1, pass_to_pass: 1, stable_fail: 0, stable_pass: 0, flaky: 0, skipped: 0 },
    tests_edited: ['tests/test_light.py'],
    restored_verdict: done ? 'passed' : null,
    image: 'sluice-test-python',
    repository: {
      kind: 'git',
      name: 'https://git.example/lighthouse',
      commit_before: '4f0c1d5a9b7e3f2d8c6a1b0e9d7f5c3a2b1e0d9f',
      commit_after: 'b83d0c6e1f9a47528d3e6c0b9a1f7e5d4c2b8a90',
    },
    seconds: done ? 12.5 : null,
    reason: done ? '1 test passes now and none is broken.' : null,
    tests: done
      ? [
          {
            id: 'tests/test_light.py::test_turns',
            base: ['failed', 'failed'],
            fixed: ['passed'],
            class: 'fail_to_pass',
          },
          {
            id: 'tests/test_light.py::test_shines',
            base: ['passed', 'passed'],
            fixed: ['passed'],
            class: 'pass_to_pass',
          },
        ]
      : [],
    settings: {
      test_command: ['python', '-m', 'pytest', '-q'],
      framework: null,
      repeat: { base: 2, fixed: 1 },
      image: 'sluice-test-python',
      image_id: 'sha256:0a4c6e8f1b3d5f7a9c2e4b6d8f0a1c3e5b7d9f1a3c5e7b9d0f2a4c6e8b1d3f5a',
      prepare: [],
      network_in_prepare: false,
      runtime: null,
      limits: qaLimitsSchema.parse({}),
      missing_engine: 'fail',
      env: { TZ: 'UTC' },
    },
    output_snippet: done ? '2 passed' : null,
    attempts: [],
    restored: null,
    edits: null,
    by_hand: null,
    task: null,
    ...change,
  };
}

/** Begins a run and says what it came to. */
export async function saveRun(
  writes: Pick<StoreCommands, 'beginQaRun' | 'saveQaRun' | 'keepQaRun'>,
  run: QaRun,
  kept: Json = null,
): Promise<void> {
  await writes.beginQaRun({ ...run, state: 'pending', verdict: null });
  await writes.saveQaRun(run);
  if (kept !== null) await writes.keepQaRun(run.run_id, kept);
}
