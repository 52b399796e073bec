import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { statusOf, suspicionOf } from '../../../src/main/assemble/index.js';
import { openReader, openWriter, type StoreReader, type StoreWriter } from '../../../src/main/store/index.js';
import type { Json } from '../../../src/shared/model/index.js';
import { certain, looseToolCall, newEffect, newTrace, origin, record, wire } from './records.js';
import { folder, sealKey } from './support.js';

const list = { query: '', limit: 50, cursor: null };
const suspecting = (version = 1) => ({
  version,
  of: suspicionOf,
  failed: (tool: string, result: Json) => statusOf({ result }, tool) === 'error',
});

interface Opened {
  path: string;
  writer: StoreWriter;
  reader: StoreReader;
}

function opened(path = `${folder()}/sluice.db`, options: { suspecting?: ReturnType<typeof suspecting> } = {}): Opened {
  const writer = openWriter(path, { sealKey, ...options });
  return { path, writer, reader: openReader(path, { sealKey }) };
}

/** A trace of two shell commands: one whose text says that it failed, one that went well. */
function told({ writer }: Opened) {
  const trace = newTrace();
  const ran = (id: string, result: string, keys: string[]) =>
    looseToolCall(id, origin, {
      name: 'bash',
      arguments: { command: './moor' },
      result,
      status: 'ok',
      effect_keys: keys,
    });
  const new_tool_calls = [ran('bad', 'hauling\nFATAL: no rope', ['a']), ran('good', 'moored', ['b'])];
  writer.save(record(trace.trace_id, { new_trace: trace, new_tool_calls }));
  return trace.trace_id;
}

const names = (reader: StoreReader, query: string) =>
  reader.toolCalls({ ...list, query }).items.map(({ tool_call_id }) => tool_call_id);
const traces = (reader: StoreReader, query: string) => reader.traces({ ...list, query }).items.length;

describe('a tool call whose result alone says that it failed', () => {
  it('stays ok, with a suspicion beside it by which it and its trace are found', () => {
    const target = opened(undefined, { suspecting: suspecting() });
    const trace_id = told(target);
    const calls = target.reader.traceToolCalls(trace_id, null, 10).items;
    const [bad, good] = [
      calls.find((call) => call.tool_call_id === 'bad'),
      calls.find((call) => call.tool_call_id === 'good'),
    ];
    expect(bad).toMatchObject({ status: 'ok', suspicion_reason: 'it ends with an error' });
    expect(bad?.suspicion).toBeGreaterThan(0.5);
    expect(good).toMatchObject({ status: 'ok', suspicion: null });
    for (const query of ['status:suspect', 'suspicion>=0.5', 'tool:bash status:suspect', 'status:ok status:suspect'])
      expect([query, names(target.reader, query)]).toEqual([query, ['bad']]);
    expect(names(target.reader, '-status:suspect')).toEqual(['good']);
    expect(traces(target.reader, 'status:suspect')).toBe(1);
    expect(traces(target.reader, 'status:error')).toBe(0);
  });

  it('is what a person says of it, until that is taken back', async () => {
    const target = opened(undefined, { suspecting: suspecting() });
    const trace_id = told(target);
    const which = { trace_id, call_id: null, tool_call_id: 'bad' };
    const bad = () => target.reader.trace(trace_id)?.tool_calls.find((call) => call.tool_call_id === 'bad');
    const judge = target.writer.writes.judgeToolCall;
    expect(await judge(which, 'error')).toEqual({ previous: null });
    expect(bad()).toMatchObject({ status: 'error', suspicion: null, metadata: { judged: 'error' } });
    expect([traces(target.reader, 'status:suspect'), traces(target.reader, 'status:error')]).toEqual([0, 1]);
    expect(await judge(which, 'ok')).toEqual({ previous: 'error' });
    expect(bad()).toMatchObject({ status: 'ok', suspicion: null, metadata: { judged: 'ok' } });
    expect([traces(target.reader, 'status:suspect'), traces(target.reader, 'status:error')]).toEqual([0, 0]);
    expect(await judge(which, null)).toEqual({ previous: 'ok' });
    expect(bad()).toMatchObject({ status: 'ok', suspicion_reason: 'it ends with an error' });
    expect(bad()?.metadata).not.toHaveProperty('judged');
    await expect(judge({ ...which, tool_call_id: 'none' }, 'ok')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is found among what older rules have stored, and what a person said of it holds on', async () => {
    const before = opened();
    const trace_id = told(before);
    const failed = newEffect({ status: 'error' });
    const joined = { trace_id, tool_call_id: 'good', call_id: null, join: certain, arguments_altered: false };
    before.writer.save(wire({ type: 'add', effect: { ...failed, joined } }));
    before.reader.close();
    before.writer.close();
    // As a version that did not yet hold the wire against the claim has left it.
    const db = new Database(before.path);
    db.exec(`UPDATE tool_calls SET status = 'ok', metadata = json_remove(metadata, '$.claimed_status')`);
    db.close();

    const now = opened(before.path, { suspecting: suspecting(1) });
    expect(names(now.reader, 'status:suspect')).toEqual([]);
    while ((await now.writer.writes.rederiveToolCalls()).more);
    expect(names(now.reader, 'status:suspect')).toEqual(['bad']);
    expect(names(now.reader, 'status:error')).toEqual(['good']);
    expect(now.reader.trace(trace_id)?.tool_calls.find(({ tool_call_id }) => tool_call_id === 'good')).toMatchObject({
      status: 'error',
      metadata: { claimed_status: 'ok' },
    });
    await now.writer.writes.judgeToolCall({ trace_id, call_id: null, tool_call_id: 'bad' }, 'ok');
    expect(await now.writer.writes.rederiveToolCalls()).toEqual({ more: false, changed: false });
    now.reader.close();
    now.writer.close();

    const later = opened(before.path, { suspecting: suspecting(2) });
    while ((await later.writer.writes.rederiveToolCalls()).more);
    expect(names(later.reader, 'status:suspect')).toEqual([]);
    expect(names(later.reader, 'status:error')).toEqual(['good']);
  });

  it('has the status that its shape says, where an older version took it for ok', async () => {
    const before = opened();
    const trace = newTrace();
    const ran = (id: string, result: Json) =>
      looseToolCall(id, origin, { name: 'dock', arguments: {}, result, status: 'ok' });
    const new_tool_calls = [
      ran('refused', { isError: true, content: [{ type: 'text', text: 'no berth' }] }),
      ran('moored', { content: [{ type: 'text', text: 'berth 4' }] }),
      ran('pardoned', { isError: true, content: [] }),
    ];
    before.writer.save(record(trace.trace_id, { new_trace: trace, new_tool_calls }));
    await before.writer.writes.judgeToolCall(
      { trace_id: trace.trace_id, call_id: null, tool_call_id: 'pardoned' },
      'ok',
    );
    before.reader.close();
    before.writer.close();

    const now = opened(before.path, { suspecting: suspecting() });
    expect(names(now.reader, 'status:error')).toEqual([]);
    while ((await now.writer.writes.rederiveToolCalls()).more);
    expect(names(now.reader, 'status:error')).toEqual(['refused']);
    expect(traces(now.reader, 'status:error')).toBe(1);
    const calls = now.reader.trace(trace.trace_id)?.tool_calls;
    expect(calls?.find(({ tool_call_id }) => tool_call_id === 'refused')?.metadata).toMatchObject({
      claimed_status: 'ok',
    });
    now.reader.close();
    now.writer.close();
  });
});
