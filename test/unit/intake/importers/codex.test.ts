import { describe, expect, it } from 'vitest';
import { codex } from '../../../../src/main/intake/importers/codex.js';
import type { ImportItem } from '../../../../src/main/intake/importers/importer.js';
import { callsOf, eventsOf, read } from './support.js';

type Row = { type: string; payload: { [name: string]: unknown }; ms?: number };

const thread = '01a20000-1000-7000-8000-0000000000aa';
const other = '01a1ffff-0000-7000-8000-0000000000bb';
/** When ids of version 7 that begin as `thread` were made. */
const made = 0x01a200001000;

/** A rollout; `ms`: when a row was written after the thread was made, else half a second after the row before. */
function rollout(...rows: Row[]): Promise<ImportItem[]> {
  let ms = -500;
  const lines = rows.map((given) => {
    const { ms: at, ...row } = given;
    ms = at ?? ms + 500;
    return given === lost ? '{"timest' : JSON.stringify({ timestamp: new Date(made + ms).toISOString(), ...row });
  });
  return read(codex, Buffer.from(lines.join('\n')));
}

/** A line of which next to nothing is left. */
const lost: Row = { type: 'lost', payload: {} };

const head = (rest: { [name: string]: unknown } = {}, id = thread): Row => ({
  type: 'session_meta',
  payload: { id, cwd: '/srv/kelp', originator: 'codex_cli_rs', cli_version: '0.180.0', ...rest },
});
const item = (payload: Row['payload'], ms?: number): Row => ({
  type: 'response_item',
  payload,
  ...(ms === undefined ? {} : { ms }),
});
const asked = (text: string, ms?: number) =>
  item({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }, ms);
const said = (text: string, ms?: number) =>
  item({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }, ms);
const ran = (call_id: string, ms?: number) =>
  item({ type: 'function_call', name: 'exec_command', arguments: '{"cmd":"ls kelp"}', call_id }, ms);
const came = (call_id: string, output: string, ms?: number) =>
  item({ type: 'function_call_output', call_id, output }, ms);
const used = (input_tokens: number, ms?: number): Row => ({
  type: 'event_msg',
  payload: { type: 'token_count', info: { last_token_usage: { input_tokens, output_tokens: 3 } } },
  ...(ms === undefined ? {} : { ms }),
});
const turn = (turn_id: string, ms?: number): Row => ({
  type: 'turn_context',
  payload: { turn_id, model: 'gpt-5.4-codex' },
  ...(ms === undefined ? {} : { ms }),
});

/** What each call was given and said, with the tokens it was billed. */
const calls = (items: ImportItem[]) =>
  callsOf(items).map(({ call }) => {
    const words = (messages: { parts: { type: string; [name: string]: unknown }[] }[] = []) =>
      messages.flatMap(({ parts }) => parts.map((part) => part.text ?? part.tool_call_id ?? part.id));
    return [
      words(call?.request.messages),
      words(call?.response?.messages),
      call?.response?.usage?.input_tokens ?? null,
    ];
  });

const history = (ms: number | undefined): Row[] => [
  asked('Count the kelp.', ms),
  ran('call_kelp', ms),
  used(900, ms),
  came('call_kelp', 'seven', ms),
  said('Seven.', ms),
  used(950, ms),
];
const copied = ['Count the kelp.', 'call_kelp', 'call_kelp', 'Seven.'];

describe('a rollout that begins with the history of another thread', () => {
  it.each([
    ['a fork, written in one go', head({ forked_from_id: other }), [head({}, other), ...history(0)]],
    ['a fork of an older version, told by its second head', head(), [head({}, other), ...history(1)]],
    ['a subagent, whose lines keep their times', head({ parent_thread_id: other }), history(-60_000)],
  ])('does not count it again: %s', async (_name, first, rows) => {
    const items = await rollout(
      { ...first, ms: 0 },
      ...rows,
      asked('And the crabs?', 900),
      said('Two.', 2400),
      used(980),
    );
    expect(calls(items)).toEqual([[[...copied, 'And the crabs?'], ['Two.'], 980]]);
    expect(callsOf(items)[0]?.call?.request.history_complete).toBe(true);
    expect(eventsOf(items)).toEqual([]);
  });

  it('is told by the ids of turns, however fast the model answers', async () => {
    const before = '01a1ffff-8000-7000-8000-000000000001';
    const own = '01a20000-1005-7000-8000-000000000002';
    const items = await rollout(
      { ...head({ forked_from_id: other }), ms: 0 },
      turn(before, 1),
      ...history(90),
      turn(own, 95),
      asked('And the crabs?', 96),
      said('Two.', 98),
      used(980, 99),
    );
    expect(calls(items)).toEqual([[[...copied, 'And the crabs?'], ['Two.'], 980]]);
  });

  it('leaves the calls of a subagent that was given none', async () => {
    const items = await rollout({ ...head({ parent_thread_id: other }), ms: 0 }, ...history(undefined));
    expect(calls(items).map(([, , tokens]) => tokens)).toEqual([900, 950]);
  });
});

describe('a compaction in a rollout', () => {
  it('keeps a result right before it, and gives the next call the history that took its place', async () => {
    const summary = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Kelp was counted.' }] };
    const { payload: question } = asked('Count the kelp.');
    const items = await rollout(
      head(),
      asked('Count the kelp.'),
      ran('call_kelp'),
      used(900),
      came('call_kelp', 'seven'),
      { type: 'compacted', payload: { message: '', replacement_history: [question, summary] } },
      said('Seven.'),
      used(120),
      asked('And the crabs?'),
      said('Two.'),
      used(140),
    );
    expect(calls(items)).toEqual([
      [['Count the kelp.'], ['call_kelp'], 900],
      [['Count the kelp.', 'Kelp was counted.'], ['Seven.'], 120],
      [['And the crabs?'], ['Two.'], 140],
    ]);
    expect(callsOf(items).map(({ call }) => call?.request.history_complete)).toEqual([true, true, false]);
    expect(eventsOf(items)).toMatchObject([
      { type: 'tool_result', tool_call_id: 'call_kelp', result: 'seven' },
      { type: 'state_change', description: 'compacted' },
    ]);
  });

  it('gives the next call the summary, where no history is written', async () => {
    const items = await rollout(
      head(),
      asked('Count the kelp.'),
      said('Seven.'),
      used(900),
      { type: 'compacted', payload: { message: 'Kelp was counted.' } },
      asked('And the crabs?'),
      said('Two.'),
      used(140),
    );
    expect(calls(items)[1]).toEqual([['Kelp was counted.', 'And the crabs?'], ['Two.'], 140]);
  });

  it('tells what is given again only once', async () => {
    const { payload: question } = asked('And the crabs?');
    const items = await rollout(
      head(),
      asked('Count the kelp.'),
      said('Seven.'),
      used(900),
      asked('And the crabs?'),
      { type: 'compacted', payload: { replacement_history: [question] } },
      said('Two.'),
      used(140),
    );
    expect(calls(items)[1]).toEqual([['And the crabs?'], ['Two.'], 140]);
    expect(eventsOf(items)).toMatchObject([{ type: 'state_change', description: 'compacted' }]);
  });
});

describe('a stream of Codex that was cut', () => {
  it.each([
    ['first of all', []],
    ['later', [asked('Hello.'), said('Hello.'), used(50)]],
  ])('is no call of its own, and what it left was given to the next: %s', async (_name, before) => {
    const items = await rollout(
      head(),
      ...before,
      asked('Count the kelp.'),
      ran('call_kelp'),
      came('call_kelp', 'seven'),
      said('Seven.'),
      used(950),
    );
    expect(calls(items).at(-1)).toEqual([['Count the kelp.', 'call_kelp', 'call_kelp'], ['Seven.'], 950]);
    expect(callsOf(items)).toHaveLength(before.length === 0 ? 1 : 2);
    expect(callsOf(items)[0]?.call?.request.history_complete).toBe(true);
  });

  it('is not seen in files that tell no usage: each answer is a call', async () => {
    const items = await rollout(head(), asked('Count.'), ran('call_kelp'), came('call_kelp', 'seven'), said('Seven.'));
    expect(calls(items)).toEqual([
      [['Count.'], ['call_kelp'], null],
      [['call_kelp'], ['Seven.'], null],
    ]);
  });
});

describe('a line that is lost between two things that the model wrote', () => {
  const thought = item({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Look closer.' }] });
  const phase = (name: string) => item({ ...said('Look.').payload, phase: name });
  it.each([
    ['a call and words', [ran('call_kelp')], [said('Seven.')], 2],
    ['a call and thoughts', [ran('call_kelp')], [thought, ran('call_crab')], 2],
    ['words and thoughts', [said('Seven.')], [thought, said('Eight.')], 2],
    ['the last answer of a turn and a call', [phase('final_answer')], [ran('call_kelp')], 2],
    ['calls side by side', [ran('call_kelp')], [ran('call_crab')], 1],
    ['words and the call that they lead to', [phase('commentary')], [ran('call_kelp')], 1],
    ['thoughts and words', [thought], [said('Seven.')], 1],
  ])('%s', async (_name, before, behind, count) => {
    const items = await rollout(head(), asked('Count.'), ...before, lost, ...behind, used(950));
    expect(callsOf(items)).toHaveLength(count);
    expect(calls(items).flatMap(([, words]) => words)).toHaveLength(before.length + behind.length);
    expect(calls(items).at(-1)?.[2]).toBe(950);
    // With nothing lost they are one.
    expect(callsOf(await rollout(head(), asked('Count.'), ...before, ...behind, used(950)))).toHaveLength(1);
  });
});
