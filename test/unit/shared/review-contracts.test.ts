import { describe, expect, it } from 'vitest';
import { actsContract } from '../../../src/shared/contract/acts.js';
import { comparisonsContract, labelsContract, suggestionsContract } from '../../../src/shared/contract/labels.js';
import { agreementContract, queuesContract } from '../../../src/shared/contract/queues.js';
import { uuidv7 } from '../../../src/shared/ids.js';

const trace_id = uuidv7();

describe('the contracts of review', () => {
  it('fill in what a queue leaves out, and take a change as it is', () => {
    expect(queuesContract.create.input.parse({ name: 'first look' })).toMatchObject({
      order: 'newest',
      goal: null,
      reviewers: [],
      second_review: 0,
    });
    const { settings } = queuesContract.change.input.parse({ name: 'first look', settings: { goal: 50 } });
    expect(settings).toEqual({ goal: 50 });
  });

  it.each(['newest', 'oldest', 'random', 'errors', 'score.efficiency', '-score.judge'])(
    'knows the order %s',
    (order) => {
      expect(queuesContract.create.input.parse({ name: 'q', order }).order).toBe(order);
    },
  );

  it.each(['latest', 'score.', 'score.a b'])('refuses the order %s', (order) => {
    expect(queuesContract.create.input.safeParse({ name: 'q', order }).success).toBe(false);
  });

  it('take no misspelt field in a decision or a correction', () => {
    const submit = { name: 'q', item_id: uuidv7(), decision: { lable: 'accepted' } };
    expect(queuesContract.submit.input.safeParse(submit).success).toBe(false);
    const what = { kind: 'tool_call', call_id: null, tool_call_id: 'x', corrected: { name: 'ls', argumens: {} } };
    expect(labelsContract.correct.input.safeParse({ trace_id, what }).success).toBe(false);
  });

  it('correct the first choice of a call where none is named', () => {
    const what = { kind: 'message', call_id: uuidv7(), corrected: { content: 'yes' } };
    expect(labelsContract.correct.input.parse({ trace_id, what }).what).toMatchObject({ choice: 0 });
  });

  it('read what stands in an address', () => {
    expect(agreementContract.get.input.parse({ accept_from: '0.5' }).accept_from).toBe(0.5);
    expect(actsContract.undo.input.parse(undefined)).toBeUndefined();
    expect(comparisonsContract.candidates.input.parse({ trace_id }).limit).toBe(50);
    expect(suggestionsContract.accept.input.parse({ trace_id }).suggestion_ids).toBeUndefined();
  });
});
