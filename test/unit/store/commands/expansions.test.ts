import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../../../src/shared/ids.js';
import { Conversation } from '../../../support/conversation.js';
import { agentRun, folder, store } from '../support.js';
import { GatedStore, lax, strict } from './rewrite-support.js';

type Made = Parameters<GatedStore['writer']['writes']['saveExpansion']>[0];
const made = (trace_id: string, call_id: string, more: Partial<Made> = {}): Made => ({
  trace_id,
  call_id,
  trace_revision: 1,
  reasoning: 'The lighthouse is asked for, so I search for it.',
  profile: 'writer',
  model: 'w-1',
  prompt_version: '1',
  prompt_hash: 'a'.repeat(64),
  reduction: { rule: 'r', steps: 2, whole: 2, cut: [], left_out: [], chars: 9, chars_before: 9 },
  cost_usd: 0.001,
  ...more,
});

function searched() {
  const target = store();
  agentRun(target, { turns: 2 });
  const [listed] = target.reader.traces({ query: '', limit: 1, cursor: null }).items;
  const trace = target.reader.trace(listed?.trace_id ?? '');
  if (trace === null) throw new Error('no trace');
  return { target, id: trace.trace_id, calls: trace.calls.map(({ call_id }) => call_id) as [string, string, string] };
}

describe('reasoning that a model wrote of calls', () => {
  it('is one a call, the newest; what was answered before leaves the same as it is', async () => {
    const { target, id, calls } = searched();
    const { saveExpansion } = target.writer.writes;
    const [first, second] = calls;
    const saved = await saveExpansion(made(id, first), false);
    expect(saved).toMatchObject(made(id, first));
    expect(target.reader.expansion(id, first)).toEqual(saved);
    // From the cache it cost nothing, and it is no other.
    expect(await saveExpansion(made(id, first, { cost_usd: 0 }), true)).toEqual(saved);
    expect(target.reader.expansion(id, first)).toEqual(saved);
    await saveExpansion(made(id, second), false);
    await saveExpansion(made(id, first, { reasoning: 'Better.', profile: 'other' }), false);
    expect(target.reader.expansion(id, first)).toMatchObject({ reasoning: 'Better.', profile: 'other' });
    const page = target.reader.traceExpansions(id, null, 1);
    expect(page.items.map(({ call_id }) => call_id)).toEqual([first]);
    const rest = target.reader.traceExpansions(id, page.next_cursor, 5);
    expect(rest).toMatchObject({ items: [{ call_id: second }], next_cursor: null });
  });

  it('is of a call of its trace alone, and goes with the trace', async () => {
    const { target, id, calls } = searched();
    const { saveExpansion, deleteTrace } = target.writer.writes;
    expect(await saveExpansion(made(id, uuidv7()), false)).toBeNull();
    expect(await saveExpansion(made(uuidv7(), calls[0]), false)).toBeNull();
    expect(await saveExpansion(made('no id', 'none'), false)).toBeNull();
    await saveExpansion(made(id, calls[0]), false);
    expect(target.reader.expansion(uuidv7(), calls[0])).toBeNull();
    expect(target.reader.expansion(id, calls[1])).toBeNull();
    await deleteTrace(id);
    expect(target.rows()).toMatchObject({ expansions: 0 });
    expect(target.reader.traceExpansions(id, null, 5)).toEqual({ items: [], next_cursor: null });
    expect(target.integrity()).toBe('ok');
  });
});

describe('an erasure and a re-scan', () => {
  const open: GatedStore[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });

  it('reach the reasoning that a model wrote', async () => {
    const email = ['tilda.marsh', 'example.org'].join('@');
    const gated = new GatedStore(join(folder(), 'sluice.db'), lax);
    open.push(gated);
    const [taken] = gated.take(
      new Conversation({ format: 'openai-chat' }).user('Hello').call({ text: 'Hello to you.' }),
    );
    const { trace_id, call } = taken?.call ?? {};
    const of = [trace_id as string, call?.call_id as string] as const;
    await gated.writer.writes.saveExpansion(
      made(...of, { reasoning: `They ask ${email} of the bluefinch.`, model: 'bluefinch-1' }),
      false,
    );
    const revision = gated.reader.trace(of[0])?.revision ?? 0;
    gated.policy = strict;
    expect(gated.rescan().tally).toMatchObject({ failed: 0, places: { expansions: 1 } });
    expect(gated.reader.expansion(...of)?.reasoning).toMatch(/^They ask (?!tilda).+ of the bluefinch\.$/);
    expect(gated.reader.trace(of[0])?.revision).toBeGreaterThan(revision);
    gated.erase(['bluefinch']);
    expect(JSON.stringify(gated.reader.expansion(...of))).not.toContain('bluefinch');
  });
});
