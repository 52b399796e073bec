import { describe, expect, it } from 'vitest';
import { uuidv7 } from '../../../../src/shared/ids.js';
import type { QaResults } from '../../../../src/shared/model/index.js';
import { qaRun, saveRun } from '../../../support/qa-runs.js';
import { command, newTrace, origin, record } from '../records.js';
import { store, type TestStore } from '../support.js';

function traceWith(target: TestStore, sent?: QaResults): string {
  const trace = newTrace();
  target.writer.save(record(trace.trace_id, { new_trace: trace, steps: [command(origin, 'palimpsest')] }));
  if (sent !== undefined)
    target.writer.save(record(trace.trace_id, { trace_patch: { ended_at: origin, qa_results: sent } }));
  return trace.trace_id;
}

describe('why a judge said nothing', () => {
  it('stands in the results of a trace, beside what its tests came to', async () => {
    const target = store();
    const id = traceWith(target);
    await target.writer.writes.noteUnjudged(id, 'No model profile is agreed to.');
    const unjudged = { reasoning_score: null, reasoning_feedback: 'No model profile is agreed to.' };
    expect(target.reader.trace(id)?.qa_results).toEqual(unjudged);
    await saveRun(target.writer.writes, qaRun({ trace_id: id, state: 'done' }));
    expect(target.reader.trace(id)?.qa_results).toMatchObject({ ...unjudged, tests_passed: true });
    // Said anew, it takes the place of what was said before.
    await target.writer.writes.noteUnjudged(id, 'The trace has no reasoning.');
    expect(target.reader.trace(id)?.qa_results).toMatchObject({
      reasoning_score: null,
      reasoning_feedback: 'The trace has no reasoning.',
      tests_passed: true,
    });
    expect(target.integrity()).toBe('ok');
  });

  it('takes the place of no score, whoever gave it', async () => {
    const target = store();
    const sent = { reasoning_score: 4.5, reasoning_feedback: 'Clear.' };
    const id = traceWith(target, sent);
    await target.writer.writes.noteUnjudged(id, 'Not judged.');
    expect(target.reader.trace(id)?.qa_results).toEqual(sent);
  });

  it('is said of no trace that is not there', async () => {
    const { writes } = store().writer;
    await expect(writes.noteUnjudged(uuidv7(), 'no')).rejects.toMatchObject({ code: 'not_found' });
    await expect(writes.noteUnjudged('no id', 'no')).rejects.toMatchObject({ code: 'not_found' });
  });
});
