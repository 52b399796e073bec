import { describe, expect, it } from 'vitest';
import { inspect } from '../../../../src/main/intake/importers/inspect.js';
import { miniSweAgent } from '../../../../src/main/intake/importers/mini-swe-agent.js';
import { mitmproxy } from '../../../../src/main/intake/importers/mitmproxy.js';
import { openhands } from '../../../../src/main/intake/importers/openhands.js';
import { tau2 } from '../../../../src/main/intake/importers/tau2.js';
import type { IntakeRecord } from '../../../../src/shared/model/index.js';
import { callsOf, eventsOf, exchangesOf, fixture, read, recordsOf, skippedOf } from './support.js';

const bytes = (document: unknown) => Buffer.from(JSON.stringify(document));
const usages = (items: Awaited<ReturnType<typeof read>>) => callsOf(items).map(({ call }) => call?.response?.usage);
const costs = (items: Awaited<ReturnType<typeof read>>) => callsOf(items).map(({ call }) => call?.cost_usd);
const traceKeys = (items: Awaited<ReturnType<typeof read>>) => [
  ...new Set(recordsOf(items).map(({ trace }) => trace.key)),
];
const results = (record: IntakeRecord | undefined) =>
  record?.call?.request.messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'tool_result' ? [[part.tool_call_id, part.is_error]] : [])),
  );

describe('mini-swe-agent', () => {
  it('has the model, the tokens and the cost of each answer, and the commands with what they came to', async () => {
    const items = await read(miniSweAgent, fixture('mini-swe-agent/version-1.traj.json'));
    expect(callsOf(items).map(({ call }) => [call?.request.model, call?.response?.model])).toEqual([
      ['openai/gpt-4o', 'gpt-4o-2024-11-20'],
      ['openai/gpt-4o', 'gpt-4o-2024-11-20'],
    ]);
    expect(usages(items)).toEqual([
      { input_tokens: 100, output_tokens: 20 },
      { input_tokens: 220, output_tokens: 20, cached_input_tokens: 90 },
    ]);
    // Only the sum is in the file.
    expect(costs(items).reduce((all, cost) => (all ?? 0) + (cost ?? 0), 0)).toBeCloseTo(0.03, 12);
    expect(costs(items)[0]).toBeCloseTo(0.01, 12);
    expect(eventsOf(items)).toMatchObject([{ type: 'terminal_command', command: 'ls gates', exit_code: 2 }, {}]);
    expect(recordsOf(items)[0]?.trace).toMatchObject({
      completion_status: 'completed',
      title: 'Mend the sluice gate.',
    });
  });

  it('pairs parallel calls with their results, keeps an answer that was refused and answers the call that handed in', async () => {
    const items = await read(miniSweAgent, fixture('mini-swe-agent/version-2.traj.json'));
    expect(callsOf(items)).toHaveLength(3);
    expect(callsOf(items)[0]?.call?.response?.messages[0]?.parts).toEqual([{ type: 'text', text: 'Shall I oil it?' }]);
    expect(results(callsOf(items)[2])).toEqual([
      ['call_o1', false],
      ['call_o2', true],
    ]);
    expect(costs(items)).toEqual([0.1, 0.2, 0.2]);
    expect(eventsOf(items)).toMatchObject([
      { type: 'state_change', description: 'Submitted' },
      { type: 'tool_result', tool_call_id: 'call_o3', result: 'gate 3 oiled' },
    ]);
    const times = callsOf(items).map(({ started_at }) => started_at);
    expect(times).toEqual([...times].sort());
  });

  it('reads whole responses of the Responses API, and says how it ended', async () => {
    const items = await read(miniSweAgent, fixture('mini-swe-agent/responses.traj.json'));
    expect(usages(items)).toEqual([
      { input_tokens: 70, output_tokens: 9, cached_input_tokens: 10, reasoning_tokens: 4 },
    ]);
    expect(eventsOf(items)).toMatchObject([
      { type: 'error', code: 'LimitsExceeded' },
      { type: 'tool_result', tool_call_id: 'call_c1', is_error: false },
    ]);
    expect(recordsOf(items)[0]?.trace.completion_status).toBe('failed');
  });
});

describe('OpenHands', () => {
  it('makes one call of an answer with two tool calls', async () => {
    const items = await read(openhands, fixture('openhands/first.json'));
    expect(callsOf(items).map(({ call }) => call?.response?.response_id)).toEqual(['chatcmpl-h1', 'chatcmpl-h2']);
    expect(callsOf(items)[0]?.call?.request.tools).toMatchObject([{ name: 'execute_bash' }]);
    expect(results(callsOf(items)[1])).toEqual([
      ['toolu_h1', false],
      ['toolu_h2', true],
    ]);
    expect(usages(items)).toEqual([
      { input_tokens: 210, output_tokens: 33, cached_input_tokens: 7 },
      { input_tokens: 300, output_tokens: 8, cached_input_tokens: 7 },
    ]);
    expect(costs(items)).toEqual([0.01, 0.02]);
  });

  it('gives an agent that was asked for help a trace of its own', async () => {
    const items = await read(openhands, fixture('openhands/delegated.json'));
    const [main, child] = traceKeys(items);
    expect(recordsOf(items).find(({ trace }) => trace.key === child)?.trace).toMatchObject({
      parent_key: main,
      parent_tool_call_id: 'event_1',
      title: 'Find the manual.',
    });
    expect(costs(items)).toEqual([0.1, 0.05, 0.05].sort((a, b) => b - a));
    expect(eventsOf(items)).toContainEqual(expect.objectContaining({ type: 'error', message: 'The runtime stopped.' }));
  });

  it('groups the events of the SDK by their answer, with the usage that stands beside them', async () => {
    const items = await read(openhands, fixture('openhands/sdk.jsonl'));
    expect(callsOf(items)[0]?.call?.response?.messages[0]?.parts).toMatchObject([
      { type: 'reasoning', text: 'Two commands at once.' },
      { type: 'text', text: 'I raise it.' },
      { type: 'tool_call', id: 'call_v1', arguments: { command: 'weir up' } },
      { type: 'tool_call', id: 'call_v2' },
    ]);
    expect(results(callsOf(items)[1])).toEqual([
      ['call_v1', false],
      ['call_v2', true],
    ]);
    expect(usages(items)).toMatchObject([{ input_tokens: 500, reasoning_tokens: 12 }, { input_tokens: 640 }]);
    expect(costs(items)).toEqual([0.02, 0.03]);
    expect(skippedOf(items)).toMatchObject([{ reason: expect.stringContaining('PauseEvent') }]);
    expect(recordsOf(items)[0]?.trace.key).toBe('openhands:c0ffee00-0000-4000-8000-000000000042');
  });

  it('reads the runs of a benchmark, with their verdict', async () => {
    const items = await read(openhands, fixture('openhands/output.jsonl'));
    expect(callsOf(items)[0]?.call?.response?.model).toBe('claude-sonnet-4');
    expect(eventsOf(items)).toMatchObject([{ type: 'score', name: 'resolved', value: 1 }]);
  });
});

describe('tau2', () => {
  it('has a trace a simulation, its reward as scores, and what the person did as theirs', async () => {
    const items = await read(tau2, fixture('tau2/results.json'));
    expect(traceKeys(items)).toHaveLength(2);
    const [first] = traceKeys(items);
    const own = recordsOf(items).filter(({ trace }) => trace.key === first);
    expect(own[0]?.call?.request.messages.map(({ role }) => role)).toEqual(['assistant', 'user']);
    expect(own[0]).toMatchObject({
      trace: { completion_status: 'completed', metadata: { domain: 'canals', trial: 0 } },
    });
    expect(costs(items)).toEqual([0.004, 0.008, 0.002]);
    expect((own[0]?.ended_at ?? 0) - (own[0]?.started_at ?? 0)).toBe(1_500_000);
    const events = own.flatMap((record) => record.events ?? []);
    expect(events.filter(({ type }) => type === 'score')).toMatchObject([
      { name: 'reward', value: 0 },
      { name: 'reward.DB', value: 0 },
      { name: 'reward.COMMUNICATE', value: 1 },
    ]);
    expect(events.filter(({ agent }) => agent === 'user')).toMatchObject([
      { type: 'tool_call', name: 'reset_beacon' },
      { type: 'tool_result', result: 'beacon on' },
    ]);
    expect(skippedOf(items)).toMatchObject([{ where: 'info.environment_info.policy' }]);
  });
});

describe('Inspect', () => {
  it.each(['inspect/log.json', 'inspect/log.eval'])('reads model calls, threads and scores of %s', async (name) => {
    const items = await read(inspect, fixture(name));
    const [main, agent, grader] = traceKeys(items);
    const of = (key: string | undefined) => recordsOf(items).filter(({ trace }) => trace.key === key);
    const calls = of(main).filter(({ call }) => call !== undefined);
    expect(calls.map(({ call }) => call?.response?.usage)).toEqual([
      { input_tokens: 45, output_tokens: 21, cached_input_tokens: 5, reasoning_tokens: 7 },
      { input_tokens: 60, output_tokens: 9 },
    ]);
    expect(calls[0]?.call?.request).toMatchObject({ tools: [{ name: 'lookup' }], params: { temperature: 0.2 } });
    expect(results(calls[1])).toEqual([
      ['tc1', false],
      ['tc2', true],
    ]);
    // A text that stands in many places is kept once.
    expect(JSON.stringify(calls[1]?.call?.request)).toContain('leaks');
    expect(of(agent)[0]?.trace).toMatchObject({ parent_key: main, parent_tool_call_id: 'tc1' });
    expect(of(grader)[0]?.trace).toMatchObject({ parent_key: main });
    const scores = of(main).flatMap(({ events }) => events ?? []);
    expect(scores.filter(({ type }) => type === 'score')).toMatchObject([
      { name: 'match', value: 1, explanation: 'Lock 1 leaks.' },
      { name: 'facts.found', value: 1 },
      { name: 'facts.style', value: 0.5 },
    ]);
    expect(eventsOf(items)).toContainEqual(
      expect.objectContaining({ type: 'error', message: 'the sandbox went away' }),
    );
  });

  it('says which files of an archive it could not read', async () => {
    const archive = fixture('inspect/log.eval');
    const items = await read(inspect, archive.subarray(0, archive.indexOf('samples/b_epoch_2.json') + 60));
    expect(callsOf(items).length).toBeGreaterThan(0);
    expect(skippedOf(items).at(-1)).toEqual({ where: 'samples/b_epoch_2.json', reason: 'the file ends inside it' });
    const other = Buffer.from(archive);
    // Its method of packing, in its own header.
    other.writeUInt16LE(14, archive.indexOf('samples/b_epoch_1.json') - 22);
    expect(skippedOf(await read(inspect, other))).toContainEqual({
      where: 'samples/b_epoch_1.json',
      reason: 'packed by method 14, which is not read',
    });
  });

  it('reads what names its size only behind it', async () => {
    const { zipEntries } = await import('../../../../src/main/intake/importers/reading/zip.js');
    const entry = (name: string, text: string) => {
      const head = Buffer.alloc(30);
      head.writeUInt32LE(0x04034b50, 0);
      head.writeUInt16LE(8, 6);
      head.writeUInt16LE(name.length, 26);
      const end = Buffer.alloc(16);
      end.writeUInt32LE(0x08074b50, 0);
      end.writeUInt32LE(text.length, 8);
      end.writeUInt32LE(text.length, 12);
      return Buffer.concat([head, Buffer.from(name), Buffer.from(text), end]);
    };
    const packed = Buffer.concat([entry('a', 'PK\x07\x08 is no end'), entry('b', 'two')]);
    const found: unknown[] = [];
    const pieces = async function* () {
      for (let at = 0; at < packed.length; at += 5) yield packed.subarray(at, at + 5);
    };
    for await (const { name, ...rest } of zipEntries(pieces()))
      found.push([name, 'bytes' in rest ? Buffer.from(rest.bytes).toString() : rest.problem]);
    expect(found).toEqual([
      ['a', 'PK\x07\x08 is no end'],
      ['b', 'two'],
    ]);
  });
});

describe('flows of old versions of mitmproxy', () => {
  it('are read with the names that they had, and a WebSocket is one exchange', async () => {
    const exchanges = exchangesOf(await read(mitmproxy, fixture('mitmproxy/old.flow')));
    expect(exchanges.map(({ kind, url, response }) => [kind, url, response?.status, response?.http_version])).toEqual([
      ['http', 'https://api.openai.com/v1/chat/completions', 200, '1.1'],
      ['http', 'https://api.openai.com/v1/chat/completions', 200, '1.1'],
      ['websocket', 'https://api.openai.com/v1/responses', 101, '1.1'],
    ]);
    expect(Buffer.from(exchanges[1]?.response?.body ?? []).toString()).toContain('Gate thirteen.');
    expect(exchanges[2]?.request.chunks.length).toBeGreaterThan(0);
  });

  it('say how they are converted where they hold nothing to read', async () => {
    const flow = Buffer.from('28:7:version;1:9#4:type;4:http;}');
    expect(skippedOf(await read(mitmproxy, flow))[0]?.reason).toContain('mitmdump -nr OLD -w NEW');
  });
});

it('names an unfinished trajectory for what it is', async () => {
  const items = await read(miniSweAgent, bytes({ info: { mini_version: '2.0', exit_status: '' }, messages: [] }));
  expect(items).toEqual([]);
});
