import { describe, expect, it } from 'vitest';
import { uuidv7 } from '../../../../src/shared/ids.js';
import type { LabelLine } from '../../../../src/shared/model/index.js';
import { agentRun, store, type TestStore } from '../support.js';

const list = { query: '', limit: 50, cursor: null };

/** A store with so many short runs; ids oldest first. */
function storeOf(runs: number): TestStore & { ids: string[] } {
  const target = store();
  for (let run = 0; run < runs; run++) {
    agentRun(target, {
      ask: `Errand number ${run}`,
      turns: 2,
      clock: { now: 1_790_000_000_000_000 + run * 3_600_000_000 },
    });
  }
  const ids = target.reader.traces(list).items.map(({ trace_id }) => trace_id);
  return { ...target, ids: ids.reverse() };
}

/** Everything that acts can change, to be compared. */
function stateOf({ reader, ids }: { reader: TestStore['reader']; ids: string[] }) {
  return ids.map((id) => ({ review: reader.review(id), labels: reader.labels(id) }));
}

describe('labels', () => {
  it('of messages, tool calls and steps stand beside the trace, are found by, and are stale when it grows', async () => {
    const { writer, reader, ids } = storeOf(1);
    const id = ids[0] as string;
    const trace = reader.trace(id);
    const [call] = trace?.calls ?? [];
    const [tool] = trace?.tool_calls ?? [];
    const step = trace?.steps.find(({ type }) => type === 'tool_call');
    const { writes } = writer;
    const message = await writes.correct(
      id,
      { kind: 'message', call_id: call?.call_id as string, choice: 0, corrected: { content: 'better words' } },
      'too short',
      'ann',
    );
    const toolWhat = {
      kind: 'tool_call',
      call_id: tool?.call_id ?? null,
      tool_call_id: tool?.tool_call_id as string,
    } as const;
    const of = (args: object) => ({ ...toolWhat, corrected: { name: 'search', arguments: args as never } });
    await writes.correct(id, of({ q: 'one' }), '', 'ann');
    await writes.correct(id, of({ q: 'two' }), '', 'ben');
    const edited = await writes.editCorrection(
      message.correction_id,
      { ...message.what, corrected: { content: 'even better' } } as never,
      'so',
      'ann',
    );
    expect(edited).toMatchObject({
      correction_id: message.correction_id,
      comment: 'so',
      stale: false,
      reviewer: 'ann',
    });
    const label = await writes.labelStep(
      id,
      { step_id: step?.step_id as string, value: 1, better: null, comment: '' },
      'ann',
    );
    expect(
      (
        await writes.labelStep(
          id,
          { step_id: step?.step_id as string, value: -1, better: { content: 'x' }, comment: 'no' },
          'ann',
        )
      ).step_label_id,
    ).toBe(label.step_label_id);
    const { corrections, step_labels } = reader.labels(id) ?? {};
    expect(corrections?.map(({ what }) => what.corrected)).toEqual([
      { content: 'even better' },
      { name: 'search', arguments: { q: 'one' } },
      { name: 'search', arguments: { q: 'two' } },
    ]);
    expect(step_labels).toMatchObject([{ value: -1, better: { content: 'x' }, comment: 'no', stale: false }]);
    for (const query of ['has:correction', 'has:step_label', 'reviewer:ann', 'reviewer:ben']) {
      expect([query, reader.traces({ ...list, query }).items.length]).toEqual([query, 1]);
    }
    expect(reader.traces({ ...list, query: 'has:comparison' }).items).toEqual([]);
    await writes.judgeToolCall(
      { trace_id: id, call_id: tool?.call_id ?? null, tool_call_id: tool?.tool_call_id as string },
      'error',
    );
    expect(reader.labels(id)?.corrections.every(({ stale }) => stale)).toBe(true);
  });

  it('of what is not there are refused', async () => {
    const { writer, ids } = storeOf(2);
    const [id, other] = ids as [string, string];
    const { writes } = writer;
    const step = { step_id: uuidv7(), value: 1, better: null, comment: '' } as const;
    await expect(writes.labelStep(id, step, 'ann')).rejects.toMatchObject({ code: 'not_found' });
    await expect(writes.labelStep(uuidv7(), step, 'ann')).rejects.toMatchObject({ code: 'not_found' });
    const what = { kind: 'message', call_id: uuidv7(), choice: 0, corrected: { content: '' } } as const;
    await expect(writes.correct(id, what, '', 'ann')).rejects.toMatchObject({ code: 'not_found' });
    const same = { trace_id: id, call_id: null };
    await expect(writes.compare(same, same, 'a', '', 'ann')).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(writes.compare(same, { trace_id: uuidv7(), call_id: null }, 'a', '', 'ann')).rejects.toMatchObject({
      code: 'not_found',
    });
    await writes.compare(same, { trace_id: other, call_id: null }, 'a', 'faster', 'ann');
    // The other way round it is the same question.
    const again = await writes.compare({ trace_id: other, call_id: null }, same, 'tie', '', 'ann');
    expect(again).toMatchObject({ preferred: 'tie', a: { trace_id: other } });
  });

  it('the first wrong step labels what the agent did before it, and nothing behind it', async () => {
    const { writer, reader, ids } = storeOf(1);
    const id = ids[0] as string;
    const steps = reader.trace(id)?.steps ?? [];
    const wrong = steps.filter(({ type }) => type === 'tool_call').at(-1);
    const later = steps.at(-1);
    await writer.writes.labelStep(
      id,
      { step_id: later?.step_id as string, value: 1, better: null, comment: '' },
      'ann',
    );
    const done = await writer.writes.firstWrongStep(id, wrong?.step_id as string, 'here', 'ann');
    const labels = reader.labels(id)?.step_labels ?? [];
    expect(done).toEqual({ labelled: labels.length, removed: 1 });
    expect(labels.filter(({ value }) => value === -1)).toMatchObject([
      { step_id: wrong?.step_id, first_wrong: true, comment: 'here' },
    ]);
    const bySteps = new Map(steps.map((step) => [step.step_id, step]));
    for (const { step_id, value } of labels) {
      const step = bySteps.get(step_id);
      expect(step?.type === 'tool_result' || (step?.type === 'message' && step.role !== 'assistant')).toBe(false);
      if (value === 1) expect(step?.seq as number).toBeLessThan(wrong?.seq as number);
    }
    const of = { step_id: wrong?.step_id as string, comment: 'here' };
    const better = { content: 'so' };
    expect(await writer.writes.labelStep(id, { ...of, value: -1, better }, 'ann')).toMatchObject({ first_wrong: true });
    expect(await writer.writes.labelStep(id, { ...of, value: 0, better }, 'ann')).toMatchObject({ first_wrong: false });
    await writer.writes.undoReview('ann');
    await writer.writes.undoReview('ann');
    expect((await writer.writes.undoReview('ann')).changed).toBe(labels.length + 1);
    expect(reader.labels(id)?.step_labels).toMatchObject([{ step_id: later?.step_id }]);
  });
});

describe('acts', () => {
  it('are all taken back and done again, after a restart too', async () => {
    const target = storeOf(3);
    const [one, two, three] = target.ids as [string, string, string];
    const { writes } = target.writer;
    const states = [stateOf(target)];
    const step = target.reader.trace(one)?.steps[1]?.step_id as string;
    const correction = async () =>
      writes.correct(one, { kind: 'step', step_id: step, corrected: { content: 'so' } }, '', 'ann');
    const done: (() => Promise<unknown>)[] = [
      () => writes.setReview(one, { label: 'accepted', tags: ['good'] }, 'ann'),
      () => writes.setReview(one, { rating: 4, note: 'fine' }, 'ann'),
      correction,
      () =>
        writes.labelStep(
          two,
          { step_id: target.reader.trace(two)?.steps[0]?.step_id as string, value: 1, better: null, comment: 'c' },
          'ann',
        ),
      () => writes.compare({ trace_id: two, call_id: null }, { trace_id: three, call_id: null }, 'b', '', 'ann'),
      () =>
        writes.setReviews(
          [one, two, three],
          { label: 'rejected', add_tags: ['bulk'] },
          { reviewer: 'ann', bulk: uuidv7() },
        ),
      () =>
        writes.removeLabel('correction', target.reader.labels(one)?.corrections[0]?.correction_id as string, {
          reviewer: 'ann',
          ofOthers: false,
        }),
    ];
    for (const act of done) {
      await act();
      states.push(stateOf(target));
    }
    const found = (query: string) => target.reader.traces({ ...list, query }).items.length;
    expect([found('label:rejected'), found('tag:bulk'), found('has:comparison')]).toEqual([3, 3, 2]);
    for (let at = done.length - 1; at >= 0; at--) {
      const { act, skipped } = await writes.undoReview('ann');
      expect([act?.undone, skipped]).toEqual([true, 0]);
      expect(stateOf(target)).toEqual(states[at]);
    }
    expect((await writes.undoReview('ann')).act).toBeNull();
    expect([found('is:reviewed'), found('has:comparison'), found('reviewer:ann')]).toEqual([0, 0, 0]);
    for (let at = 1; at <= done.length; at++) {
      await writes.redoReview('ann');
      expect(stateOf(target)).toEqual(states[at]);
    }
    expect(await writes.redoReview('ann')).toMatchObject({ act: null, redo: null });
    expect(target.reader.reviewActs('ann', null, 50).items).toHaveLength(done.length);
    expect(target.reader.reviewActs('ben', null, 50).items).toEqual([]);
  });

  it('leave what somebody else said since, and their own acts to each', async () => {
    const target = storeOf(1);
    const id = target.ids[0] as string;
    const { writes } = target.writer;
    await writes.setReview(id, { label: 'accepted', rating: 3 }, 'ann');
    await writes.setReview(id, { label: 'rejected' }, 'ben');
    expect(await writes.undoReview('ann')).toMatchObject({ changed: 1 });
    expect(target.reader.review(id)).toMatchObject({ label: 'rejected', rating: null });
    expect((await writes.undoReview('ben')).act?.reviewer).toBe('ben');
  });

  it('are kept up to a bound, and a new one ends what could be done again', async () => {
    const target = storeOf(1);
    const id = target.ids[0] as string;
    const { writes } = target.writer;
    for (let rating = 0; rating < 505; rating++) await writes.setReview(id, { rating: 1 + (rating % 5) }, 'ann');
    expect(target.rows()).toMatchObject({ review_acts: 500, review_changes: 500 });
    await writes.undoReview('ann');
    await writes.setReview(id, { note: 'n' }, 'ann');
    expect((await writes.redoReview('ann')).act).toBeNull();
  });

  it('of one bulk are one, over as many pages as it had, and go with the traces they were about', async () => {
    const target = storeOf(4);
    const { writes } = target.writer;
    const bulk = uuidv7();
    await writes.setReviews(target.ids.slice(0, 2), { label: 'accepted' }, { reviewer: 'ann', bulk });
    await writes.setReview(target.ids[3] as string, { rating: 2 }, 'ann');
    expect(await writes.setReviews(target.ids.slice(1), { label: 'accepted' }, { reviewer: 'ann', bulk })).toHaveLength(
      2,
    );
    expect(target.reader.bulkChanges(bulk)).toEqual({ changed: 4, fields: { label: 4 } });
    await writes.deleteTrace(target.ids[1] as string);
    expect(await writes.undoReview('ann')).toMatchObject({ act: { kind: 'review' }, more: false });
    expect(await writes.undoReview('ann')).toMatchObject({ changed: 2, more: true });
    expect(await writes.undoReview('ann')).toMatchObject({ changed: 1, more: false });
    expect(target.reader.traces({ ...list, query: 'is:reviewed' }).items).toEqual([]);
  });
});

describe('lines of a label file', () => {
  it('come back as they went, twice without a change, each whole or not at all', async () => {
    const target = storeOf(2);
    const [one, two] = target.ids as [string, string];
    const { writes } = target.writer;
    await writes.setReview(one, { label: 'accepted', tags: ['x'], note: 'n' }, 'ann');
    await writes.correct(
      one,
      { kind: 'step', step_id: target.reader.trace(one)?.steps[0]?.step_id as string, corrected: { content: 'c' } },
      'k',
      'ben',
    );
    await writes.labelStep(
      one,
      { step_id: target.reader.trace(one)?.steps[0]?.step_id as string, value: 0, better: null, comment: '' },
      'ann',
    );
    await writes.compare({ trace_id: one, call_id: null }, { trace_id: two, call_id: null }, 'a', 'r', 'ann');
    const lines = target.reader.labelLines(list).items as unknown as LabelLine[];
    expect(lines.map(({ type }) => type)).toEqual(['review', 'correction', 'step_label', 'comparison']);
    const by = () => ({ reviewer: 'owner', bulk: uuidv7(), ofOthers: true });
    expect((await writes.importLabels(lines, by())).map(({ outcome }) => outcome)).toEqual(Array(4).fill('unchanged'));
    const before = stateOf(target);
    for (let act = 0; act < 4; act++) {
      await writes.undoReview('ann');
      await writes.undoReview('ben');
    }
    expect(target.reader.labelLines(list).items).toEqual([]);
    const gone = { ...(lines[1] as LabelLine & { type: 'correction' }), trace_id: uuidv7(), correction_id: uuidv7() };
    const results = await writes.importLabels([...lines, gone], by());
    expect(results.map(({ outcome }) => outcome)).toEqual(['stored', 'stored', 'stored', 'stored', 'failed']);
    expect(results[4]).toMatchObject({ code: 'not_found', message: 'There is no such trace.' });
    expect(stateOf(target)).toEqual(before);
    // One undo takes the whole file back.
    while ((await writes.undoReview('owner')).more);
    expect(target.reader.labelLines(list).items).toEqual([]);
  });
});

describe('what another reviewer said', () => {
  it('stays as they said it, and goes by a token with the scope admin alone', async () => {
    const target = storeOf(2);
    const [one, two] = target.ids as [string, string];
    const { writes } = target.writer;
    const step_id = target.reader.trace(one)?.steps[0]?.step_id as string;
    const { correction_id: id, what } = await writes.correct(
      one,
      { kind: 'step', step_id, corrected: { content: 'hers' } },
      '',
      'ann',
    );
    const label = await writes.labelStep(one, { step_id, value: 1, better: null, comment: '' }, 'ann');
    const pair = await writes.compare(
      { trace_id: one, call_id: null },
      { trace_id: two, call_id: null },
      'a',
      '',
      'ann',
    );
    const before = stateOf(target);
    const refused = { code: 'label_of_another', message: 'That is what ann said.' };
    const ben = { reviewer: 'ben', ofOthers: false };
    await expect(writes.editCorrection(id, what, 'his', 'ben')).rejects.toMatchObject(refused);
    await expect(writes.removeLabel('correction', id, ben)).rejects.toMatchObject(refused);
    await expect(writes.removeLabel('step_label', label.step_label_id, ben)).rejects.toMatchObject(refused);
    await expect(writes.removeLabel('comparison', pair.comparison_id, ben)).rejects.toMatchObject(refused);
    const lines = target.reader.labelLines(list).items as unknown as LabelLine[];
    const taken = lines.map((line) => ({ ...line, reviewer: 'ben', updated_at: '2099-01-01T00:00:00.000Z' }));
    const results = await writes.importLabels(taken as LabelLine[], { ...ben, bulk: uuidv7() });
    expect(results).toMatchObject(lines.map(() => ({ outcome: 'failed', ...refused })));
    expect(stateOf(target)).toEqual(before);
    for (const [entity, key] of [
      ['correction', id],
      ['step_label', label.step_label_id],
      ['comparison', pair.comparison_id],
    ] as const) {
      expect(await writes.removeLabel(entity, key, { reviewer: 'owner', ofOthers: true })).toBe(true);
    }
    expect(target.reader.labelLines(list).items).toEqual([]);
  });
});
