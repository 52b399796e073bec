import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { recordExchange } from '../../../../src/main/intake/records.js';
import type { ChatMessage, IntakeRecord, Part } from '../../../../src/shared/model/index.js';
import { sentKey } from '../../../../src/shared/sent-keys.js';
import { Conversation } from '../../../support/conversation.js';
import { reportedCall, says, testTime } from '../../../support/records.js';
import { GatedStore, lax, strict } from '../commands/rewrite-support.js';
import { folder } from '../support.js';

const email = ['tilda.marsh', 'example.org'].join('@');
const second = 1_000_000;

const open: GatedStore[] = [];
afterEach(() => {
  for (const store of open.splice(0)) store.close();
});
function gated(): GatedStore {
  const store = new GatedStore(join(folder(), 'sluice.db'), lax);
  open.push(store);
  return store;
}

/** A call that a token of scope ingest tells of, in a session of its own. */
function sent(count: number, messages: ChatMessage[], answer: Part[], response_id?: string) {
  const started_at = testTime + count * 10 * second;
  const record: IntakeRecord = {
    version: 1,
    key: `sent-${count}`,
    source: 'otlp',
    trace: { key: 'session:sent', kind: 'agent' },
    principal: { id: 't', admin: false },
    started_at,
    ended_at: started_at + second,
    call: reportedCall(messages, answer, response_id === undefined ? {} : { response_id }),
  };
  return recordExchange(record);
}
const asks = (text: string): Part[] => [
  { type: 'tool_call', id: 'call_of_both', name: 'search', arguments: { to: text } },
];
const gives = (text: string): ChatMessage => ({
  role: 'tool',
  parts: [{ type: 'tool_result', tool_call_id: 'call_of_both', result: text }],
});

describe('calls that were sent without admin', () => {
  it('stand under keys of their own: no number of them hides a captured one', () => {
    const store = gated();
    // An id of an answer that is too short to be one of a kind: none of those sent is a witness of the captured call.
    const serial = () => 1;
    const talk = new Conversation({ format: 'openai-chat', tools: ['search'], serial }).user('search');
    const asked = { name: 'search', arguments: { to: 'harbour' }, id: 'call_of_both' };
    const call = store.take(talk.call({ toolCalls: [asked] }))[0]?.call;
    const response_id = call?.call.response_id ?? '';
    for (let count = 1; count <= 20; count++) {
      store.take(sent(count, [says('user', `search ${count}`)], asks('harbour'), response_id));
    }
    const { lineage } = store.writer;
    const ids = (nodes: { call_id: string }[]) => nodes.map(({ call_id }) => call_id);
    expect(ids(lineage.byResponseId(response_id))).toEqual([call?.call.call_id]);
    expect(ids(lineage.byToolCallId('call_of_both'))).toEqual([call?.call.call_id]);
    expect(lineage.byResponseId(sentKey(response_id))).toHaveLength(16);
    expect(lineage.byToolCallId(sentKey('call_of_both'))).toHaveLength(16);
    expect(lineage.byToolCallId(sentKey('call_of_both'))[0]?.trace_kind).toBe('agent');
    // People find all of them.
    const list = { query: 'id:call_of_both', limit: 50, cursor: null };
    expect(store.reader.toolCalls(list).items).toHaveLength(21);
    expect(store.reader.toolCalls({ ...list, query: 'id:call_of_both tool:search' }).items).toHaveLength(21);
  });

  it('go on, are answered, rewritten and deleted like others', async () => {
    const store = gated();
    const question = says('user', `write to ${email}, please`);
    const answer = { role: 'assistant' as const, parts: asks(email) };
    const first = store.take(sent(1, [question], answer.parts))[0]?.call;
    const trace = first?.trace_id ?? '';
    const next = store.take(sent(2, [question, answer, gives(`found ${email}`)], [{ type: 'text', text: 'done' }]));
    expect(next[0]?.call).toMatchObject({ trace_id: trace, call: { parent_call_id: first?.call.call_id } });
    const tool = () => store.reader.trace(trace)?.tool_calls;
    expect(tool()).toMatchObject([{ tool_call_id: 'call_of_both', status: 'ok', result: `found ${email}` }]);

    store.policy = strict;
    expect(store.rescan().done).toBe(true);
    expect(JSON.stringify(tool())).not.toContain(email);
    const history = [question, answer, gives(`found ${email}`), says('assistant', 'done')];
    const later = store.take(sent(3, [...history, says('user', 'and more')], [{ type: 'text', text: 'yes' }]));
    expect(later[0]?.call).toMatchObject({ trace_id: trace, call: { parent_call_id: next[0]?.call?.call.call_id } });

    await store.writer.writes.deleteTrace(trace);
    const { lineage } = store.writer;
    expect(lineage.byToolCallId(sentKey('call_of_both'))).toEqual([]);
    expect(store.count('lineage')).toBe(0);
    expect(store.count('tool_call_keys')).toBe(0);
  });
});
