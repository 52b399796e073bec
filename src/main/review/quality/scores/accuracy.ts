import { counted, mean, type TraceRule } from '../rule.js';

/** The first that is known: tests that were run on it, tests in it, a reviewer’s label, the quality of stated outcomes. */
export const accuracy: TraceRule = {
  id: 'accuracy',
  title: 'Accuracy',
  description: 'Whether what came out is right, by tests, else by a reviewer, else as its source states.',
  weight: 2,
  of({ trace, tests, decisions }) {
    const ran = trace.qa_results?.tests_passed;
    if (typeof ran === 'boolean') {
      return { value: Number(ran), evidence: `its tests were run: ${ran ? 'passed' : 'failed'}` };
    }
    if (tests.length > 0) {
      const failed = tests.filter(({ passed }) => !passed);
      return {
        value: (tests.length - failed.length) / tests.length,
        evidence: `${tests.length - failed.length} of ${counted(tests.length, 'test run')} in it passed, by the last result of each`,
        steps: (failed.length > 0 ? failed : tests).map(({ step_id }) => step_id),
      };
    }
    const label = trace.review?.label ?? null;
    if (label !== null) return { value: Number(label === 'accepted'), evidence: `a reviewer ${label} it` };
    const stated = decisions.flatMap(({ outcome }) =>
      outcome?.quality === undefined || outcome.quality < 0 || outcome.quality > 1 ? [] : [outcome.quality],
    );
    if (stated.length === 0) return { reason: 'No tests ran, nobody reviewed it, and no outcome states its quality.' };
    return { value: mean(stated), evidence: `stated quality of ${counted(stated.length, 'outcome')}` };
  },
};
