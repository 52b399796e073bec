import { describe, expect, it } from 'vitest';
import { geminiCli } from '../../../../src/main/intake/importers/gemini-cli.js';
import type { ImportItem } from '../../../../src/main/intake/importers/importer.js';
import { pause } from '../../../../src/main/intake/importers/importer.js';
import { opencode } from '../../../../src/main/intake/importers/opencode.js';
import { callsOf, context, eventsOf, fixture, read, recordsOf } from './support.js';

const said = (items: ImportItem[]) =>
  callsOf(items).map(({ call }) => ({
    given: call?.request.messages.map(({ role }) => role),
    whole: call?.request.history_complete,
    answer: call?.response?.messages.flatMap(({ parts }) => parts.map(({ type }) => type)),
  }));
const results = (items: ImportItem[], place: number) =>
  callsOf(items)[place]?.call?.request.messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'tool_result' ? [[part.tool_call_id, part.result, part.is_error]] : [])),
  );

describe('Gemini CLI', () => {
  it('reads a session that is one document', async () => {
    const items = await read(geminiCli, fixture('gemini-cli/session-2026-11-20T16-00-9e317131.json'));
    expect(said(items)).toEqual([
      { given: ['user'], whole: true, answer: ['reasoning', 'text', 'tool_call', 'tool_call'] },
      { given: ['tool', 'tool'], whole: false, answer: ['text'] },
    ]);
    expect(results(items, 1)).toEqual([
      ['read-1', 'leaks', undefined],
      ['run-1', 'no sand', true],
    ]);
    expect(callsOf(items)[0]?.call?.response).toMatchObject({
      model: 'gemini-2.5-pro',
      usage: { input_tokens: 100, output_tokens: 25, cached_input_tokens: 10, reasoning_tokens: 5 },
    });
    expect(eventsOf(items)).toMatchObject([
      { type: 'state_change', data: { content: 'Update available' } },
      { type: 'error', message: '[API Error: quota]' },
      { type: 'message', content: 'Then fetch some.' },
    ]);
    expect(recordsOf(items).find(({ trace }) => trace.parent_key !== undefined)?.trace).toMatchObject({
      key: 'session:9e317131-0000-4000-8000-0000000000aa',
      parent_tool_call_id: 'run-1',
    });
  });

  it('takes the last of a message that grew, and begins again where the person went back', async () => {
    const items = await read(geminiCli, fixture('gemini-cli/session-2026-11-20T16-40-9e317131.jsonl'));
    expect(said(items)).toEqual([
      { given: ['user'], whole: true, answer: ['text', 'tool_call'] },
      { given: ['tool'], whole: false, answer: ['text'] },
      { given: ['user'], whole: false, answer: ['text'] },
      { given: ['user', 'assistant', 'tool', 'assistant', 'user'], whole: true, answer: ['text'] },
    ]);
  });

  it('gives out while it grows what it gives of the whole file', async () => {
    const bytes = fixture('gemini-cli/session-2026-11-20T16-40-9e317131.jsonl');
    const whole = await read(geminiCli, bytes);
    async function* growing() {
      let from = 0;
      for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) {
        yield bytes.subarray(from, at + 1);
        from = at + 1;
        yield pause;
      }
    }
    const items: ImportItem[] = [];
    for await (const item of geminiCli.read(growing(), context)) items.push(item);
    expect(items).toEqual(whole);
  });

  it('writes nothing anew of a history that was summed up', async () => {
    const line = (value: object) => `${JSON.stringify(value)}\n`;
    const message = (id: string, type: string, content: string) => ({
      id,
      type,
      content,
      timestamp: '2026-11-20T10:00:00Z',
    });
    const text = [
      line({ sessionId: 's', projectHash: 'p' }),
      line(message('1', 'user', 'Dig.')),
      line(message('2', 'gemini', 'Dug.')),
      line({ $set: { messages: [message('3', 'user', 'They dug.')] } }),
      line(message('4', 'user', 'Fill it.')),
      line(message('5', 'gemini', 'Filled.')),
    ].join('');
    const items = await read(geminiCli, Buffer.from(text));
    expect(callsOf(items)[1]?.call?.request).toMatchObject({
      history_complete: true,
      messages: [{ parts: [{ text: 'They dug.' }] }, { parts: [{ text: 'Fill it.' }] }],
    });
    expect(callsOf(items)).toHaveLength(2);
  });

  it('takes what a tool brought once, told with its call and as the next message, and at the end without an answer', async () => {
    const response = (id: string, output: string) => ({ functionResponse: { id, name: 'dig', response: { output } } });
    const call = (id: string) => ({
      id,
      name: 'dig',
      args: { at: id },
      status: 'success',
      result: [response(id, `hole ${id}`)],
    });
    const timestamp = '2026-11-20T10:00:00Z';
    const lines = [
      { sessionId: 's', projectHash: 'p' },
      { id: '1', type: 'user', content: [{ text: 'Dig twice.' }], timestamp },
      { id: '2', type: 'gemini', content: 'Digging.', toolCalls: [call('a')], timestamp },
      { id: '3', type: 'user', content: [response('a', 'hole a')], timestamp },
      { id: '4', type: 'gemini', content: 'And again.', toolCalls: [call('b')], timestamp },
      { id: '5', type: 'user', content: [response('b', 'hole b')], timestamp },
    ];
    const items = await read(geminiCli, Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
    expect(results(items, 1)).toEqual([['a', 'hole a', undefined]]);
    const events = items.flatMap((item) => ('record' in item ? (item.record.events ?? []) : []));
    expect(events).toMatchObject([{ type: 'tool_result', tool_call_id: 'b', result: 'hole b' }]);
  });
});

describe('opencode', () => {
  it('reads what opencode export writes', async () => {
    const items = await read(opencode, fixture('opencode/export.json'));
    expect(said(items)).toEqual([
      { given: ['system', 'user'], whole: true, answer: ['reasoning', 'text', 'tool_call', 'tool_call', 'tool_call'] },
      { given: ['tool', 'tool', 'tool'], whole: false, answer: ['text'] },
      { given: ['user'], whole: false, answer: [] },
    ]);
    expect(results(items, 1)).toEqual([
      ['call_w1', 'a hole', false],
      ['call_w2', 'no torch', true],
      ['call_w3', 'There is one.', false],
    ]);
    expect(callsOf(items).map(({ call }) => [call?.response?.usage, call?.cost_usd])).toMatchObject([
      [
        {
          input_tokens: 250,
          output_tokens: 42,
          reasoning_tokens: 12,
          cached_input_tokens: 200,
          cache_write_tokens: 10,
        },
        0.002,
      ],
      [{ input_tokens: 285, output_tokens: 6 }, 0.001],
      [{}, 0],
    ]);
    expect(callsOf(items)[2]?.call?.response?.error).toEqual({ code: 'APIError', message: 'Overloaded' });
    expect(recordsOf(items).at(-1)?.trace).toMatchObject({
      key: 'session:ses_5ea0000002',
      parent_key: 'session:ses_5ea0000001',
      parent_tool_call_id: 'call_w3',
    });
  });

  it('splits the steps of an answer as older versions write them', async () => {
    const step = (text: string, input: number) => [
      { type: 'step-start' },
      { type: 'text', text },
      { type: 'step-finish', cost: 0.5, tokens: { input, output: 1, reasoning: 0, cache: { read: 0, write: 0 } } },
    ];
    const info = { id: 'ses_1', directory: '/', time: { created: 1795197600000 } };
    const about = { id: 'msg_1', role: 'assistant', modelID: 'm', cost: 1, time: { created: 1795197600000 } };
    const document = { info, messages: [{ info: about, parts: [...step('One.', 3), ...step('Two.', 5)] }] };
    const items = await read(opencode, Buffer.from(JSON.stringify(document)));
    expect(callsOf(items).map(({ call }) => [call?.response?.usage?.input_tokens, call?.cost_usd])).toEqual([
      [3, 0.5],
      [5, 0.5],
    ]);
  });
});
