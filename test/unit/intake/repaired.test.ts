import { describe, expect, it } from 'vitest';
import { importedStore } from '../../support/imported.js';

/** A file with broken lines is imported, mended, and imported again: what was missing comes, and nothing twice. */

const at = (second: number) => new Date(Date.UTC(2026, 6, 8, 7, 0, second)).toISOString();

function claude(): string[] {
  const base = { isSidechain: false, userType: 'external', cwd: '/srv/kiln', version: '2.1.332' };
  const line = (uuid: string, parentUuid: string | null, second: number, more: object) =>
    JSON.stringify({
      ...base,
      sessionId: '9e110000-0000-4000-8000-00000000cccc',
      uuid,
      parentUuid,
      timestamp: at(second),
      ...more,
    });
  const answer = (id: string, block: object, stop_reason: string) => ({
    type: 'assistant',
    message: {
      id,
      type: 'message',
      role: 'assistant',
      model: 'claude-opus-5',
      content: [block],
      stop_reason,
      usage: { input_tokens: 40, output_tokens: 6 },
    },
  });
  const use = (id: string) => ({ type: 'tool_use', id, name: 'Read', input: { path: `/kiln/${id}` } });
  const result = (tool_use_id: string, content: string) => ({
    type: 'user',
    message: { role: 'user', content: [{ type: 'tool_result', tool_use_id, content }] },
  });
  return [
    line('k1', null, 1, { type: 'user', message: { role: 'user', content: 'How hot is the kiln?' } }),
    line('k2', 'k1', 3, answer('msg_kiln_1', use('toolu_kiln_1'), 'tool_use')),
    line('k3', 'k2', 4, answer('msg_kiln_1', use('toolu_kiln_2'), 'tool_use')),
    line('k4', 'k2', 5, result('toolu_kiln_1', '900 degrees')),
    line('k5', 'k3', 6, result('toolu_kiln_2', 'rising')),
    line('k6', 'k5', 8, answer('msg_kiln_2', { type: 'text', text: '900 degrees, rising.' }, 'end_turn')),
    line('k7', 'k6', 9, { type: 'user', message: { role: 'user', content: 'And now?' } }),
    line('k8', 'k7', 11, answer('msg_kiln_3', use('toolu_kiln_3'), 'tool_use')),
    line('k9', 'k8', 12, result('toolu_kiln_3', '950 degrees')),
    line('k10', 'k9', 14, answer('msg_kiln_4', { type: 'text', text: '950 degrees.' }, 'end_turn')),
  ];
}

async function imported(...texts: string[]) {
  const store = importedStore();
  const reports = [];
  for (const text of texts) reports.push(await store.take(text, '/p/kiln.jsonl'));
  const traces = store.traces();
  return {
    reports,
    chat: store.rows('openai-chat').rows,
    calls: traces.flatMap(({ calls }) =>
      calls.map(({ usage, model, parent_call_id }) => [
        usage,
        model,
        calls.find(({ call_id }) => call_id === parent_call_id)?.usage ?? null,
      ]),
    ),
    totals: traces.map(({ usage, cost_usd }) => [usage, cost_usd]),
    tools: traces
      .flatMap(({ tool_calls }) => tool_calls)
      .map(({ tool_call_id, status, result }) => [tool_call_id, status, result])
      .sort(),
    steps: traces
      .flatMap(({ steps }) => steps)
      .map((step) => [
        step.type,
        String('content' in step ? step.content : 'tool_call_id' in step ? step.tool_call_id : ''),
      ]),
    counted: traces.map(({ step_count, steps }) => step_count - steps.length),
    close: () => store.close(),
  };
}

describe('a session of Claude Code', () => {
  it.each([
    ['what a user said', [0]],
    ['a part of an answer', [2]],
    ['the result before an answer', [4]],
    ['one of two results', [3]],
    ['both results', [3, 4]],
    ['the last answer', [9]],
    ['an answer of words in the middle', [5]],
    ['an answer in the middle, with what it asked for', [1, 2]],
    ['a later answer that asks', [7]],
    ['an answer with its results', [7, 8]],
    ['everything between the ends', [1, 2, 3, 4, 5, 6, 7, 8]],
  ])('of which %s was broken', async (_name, broken) => {
    const lines = claude();
    const cut = lines.map((line, place) => (broken.includes(place) ? line.slice(0, 70) : line));
    const text = (all: string[]) => `${all.join('\n')}\n`;
    const whole = await imported(text(lines));
    const healed = await imported(text(cut), text(lines), text(lines));
    expect([healed.calls, healed.tools, healed.counted]).toEqual([whole.calls, whole.tools, [0]]);
    expect(healed.totals).toEqual(whole.totals);
    expect(inOrder(healed.steps)).toEqual(inOrder(whole.steps));
    expect(healed.chat).toEqual(whole.chat);
    expect(healed.reports[2]?.taken).toMatchObject({ records: 0, calls: 0 });
    whole.close();
    healed.close();
  });
});

function codex(): string[] {
  const line = (second: number, type: string, payload: object) =>
    JSON.stringify({ timestamp: at(second), type, payload });
  const item = (second: number, payload: object) => line(second, 'response_item', payload);
  const said = (second: number, role: string, text: string) =>
    item(second, {
      type: 'message',
      role,
      content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }],
    });
  const ask = (second: number, call_id: string) =>
    item(second, { type: 'function_call', name: 'shell', arguments: `{"command":["gauge","${call_id}"]}`, call_id });
  const output = (second: number, call_id: string, text: string) =>
    item(second, { type: 'function_call_output', call_id, output: text });
  const used = (second: number, input: number) => {
    const usage = { input_tokens: input, cached_input_tokens: 0, output_tokens: 5, total_tokens: input + 5 };
    return line(second, 'event_msg', {
      type: 'token_count',
      info: { total_token_usage: usage, last_token_usage: usage },
    });
  };
  const meta = { id: '0199cccc-0000-7000-8000-0000000000c1', cwd: '/srv/loom', originator: 'codex_cli_rs' };
  return [
    line(0, 'session_meta', {
      ...meta,
      timestamp: at(0),
      cli_version: '0.80.0',
      source: 'cli',
      model_provider: 'openai',
    }),
    line(1, 'turn_context', { cwd: '/srv/loom', model: 'gpt-5.2-codex', effort: 'low', summary: 'auto' }),
    said(2, 'user', 'How tight is the warp?'),
    ask(4, 'call_warp'),
    used(5, 100),
    output(6, 'call_warp', '12 N'),
    said(8, 'assistant', 'At 12 newtons.'),
    used(9, 140),
    said(10, 'user', 'And the weft?'),
    ask(12, 'call_weft'),
    used(13, 180),
    output(14, 'call_weft', '9 N'),
    said(16, 'assistant', 'At 9 newtons.'),
    used(17, 220),
  ];
}

describe('a session of Codex', () => {
  it.each([
    ['had only begun', (lines: string[]) => lines.slice(0, 4)],
    ['was in the middle', (lines: string[]) => lines.slice(0, 8)],
    ['had its last answer broken', (lines: string[]) => lines.map((line, at) => (at < 12 ? line : line.slice(0, 60)))],
    ...[[3], [4], [5], [6], [3, 4, 5], [4, 5], [9, 11], [2, 3, 4, 5, 6, 7, 8]].map(
      (broken): [string, (lines: string[]) => string[]] => [
        `had lines ${broken.join(', ')} broken`,
        (lines) => lines.map((line, at) => (broken.includes(at) ? line.slice(0, 75) : line)),
      ],
    ),
  ])('of which the file %s', async (_name, before) => {
    const lines = codex();
    const text = (all: string[]) => all.map((line) => `${line}\n`).join('');
    const whole = await imported(text(lines));
    const healed = await imported(text(before(lines)), text(lines), text(lines));
    expect([healed.calls, healed.tools, healed.counted]).toEqual([whole.calls, whole.tools, [0]]);
    expect(healed.totals).toEqual(whole.totals);
    expect(inOrder(healed.steps)).toEqual(inOrder(whole.steps));
    expect(healed.chat).toEqual(whole.chat);
    expect(healed.reports[2]?.taken).toMatchObject({ records: 0, calls: 0 });
    whole.close();
    healed.close();
  });
});

it('a session of Codex that an earlier version stored by the number of its calls is not stored again', async () => {
  using store = importedStore();
  const text = codex()
    .map((line) => `${line}\n`)
    .join('');
  await store.take(text, '/p/loom.jsonl', undefined, ({ call, ...record }, formerly) => {
    const { names: _names, follows: _follows, ...told } = call ?? ({} as never);
    return { ...record, key: formerly?.record ?? record.key, ...(call === undefined ? {} : { call: told }) };
  });
  expect((await store.take(text, '/p/loom.jsonl')).taken).toMatchObject({ records: 0, calls: 0, traces: 1 });
  expect(store.traces().map(({ calls }) => calls.length)).toEqual([4]);
});

/** A session whose provider counts its tool calls from nought in each answer. */
function counted(answers: string[], outputs: string[]): string {
  const item = (second: number, payload: object) =>
    JSON.stringify({ timestamp: at(second), type: 'response_item', payload });
  const meta = { id: '0199cccc-0000-7000-8000-0000000000c2', cwd: '/srv/loom', originator: 'codex_cli_rs' };
  const lines = [
    JSON.stringify({ timestamp: at(0), type: 'session_meta', payload: meta }),
    item(1, { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Watch the shuttle.' }] }),
    ...answers.flatMap((cmd, place) => {
      const usage = { input_tokens: 50 + place, output_tokens: 5 };
      const used = { type: 'token_count', info: { last_token_usage: usage } };
      return [
        item(2 + place * 3, {
          type: 'function_call',
          name: 'shell',
          arguments: JSON.stringify({ cmd }),
          call_id: 'call_0',
        }),
        JSON.stringify({ timestamp: at(3 + place * 3), type: 'event_msg', payload: used }),
        item(4 + place * 3, { type: 'function_call_output', call_id: 'call_0', output: outputs[place] }),
      ];
    }),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

it.each([
  ['other words', ['look', 'pull', 'oil'], ['stuck', 'moved', 'runs']],
  ['the same words', ['look', 'look', 'look'], ['stuck', 'stuck', 'stuck']],
])('a session of Codex of which each answer has the ids of the first keeps all of them: %s', async (_, asked, came) => {
  const text = counted(asked, came);
  const { calls, tools, reports, totals, close } = await imported(text, text);
  const usage = asked.map((_cmd, place) => ({ input_tokens: 50 + place, output_tokens: 5 }));
  expect(calls.map(([own]) => own)).toEqual(usage.map((own) => expect.objectContaining(own)));
  expect(calls.map(([, , before]) => before)).toEqual([
    null,
    ...usage.slice(0, -1).map((own) => expect.objectContaining(own)),
  ]);
  expect([tools.length, totals]).toEqual([
    3,
    [[expect.objectContaining({ input_tokens: 153, output_tokens: 15 }), null]],
  ]);
  expect(reports.map(({ taken, skipped_count }) => [taken.calls, skipped_count])).toEqual([
    [3, 0],
    [0, 0],
  ]);
  close();
});

it('a call never comes after itself, and what contradicts it is counted', async () => {
  using store = importedStore();
  const text = counted(['look', 'pull'], ['stuck', 'moved']);
  const names: string[] = [];
  await store.take(text, '/p/loom.jsonl', undefined, (record) => {
    names.push(...(record.call?.names ?? []));
    return record;
  });
  const stood = store.traces();
  // The first call again, as if it had come after the second.
  const after = await store.take(text, '/p/loom.jsonl', undefined, (record) => {
    const { call } = record;
    if (call?.response == null || call.names?.[0] !== names[0]) return record;
    const more = { role: 'assistant' as const, parts: [{ type: 'text' as const, text: 'Looking.' }] };
    const response = { ...call.response, messages: [...call.response.messages, more] };
    return { ...record, key: 'again', call: { ...call, response, follows: names[1] as string } };
  });
  expect(after.skipped_count).toBe(0);
  const parents = () => store.traces().map(({ calls }) => calls.map(({ parent_call_id }) => parent_call_id));
  expect(parents()).toEqual(stood.map(({ calls }) => [null, calls[0]?.call_id]));
  const other = await store.take(text, '/p/loom.jsonl', undefined, (record) => {
    const { call } = record;
    if (call?.response == null || call.names?.[0] !== names[0]) return record;
    const said = { role: 'assistant' as const, parts: [{ type: 'text' as const, text: 'I sleep.' }] };
    return { ...record, key: 'other', call: { ...call, response: { ...call.response, messages: [said] } } };
  });
  expect(other.skipped).toEqual([{ where: 'record other', reason: expect.stringContaining('something else') }]);
  expect(parents()).toEqual(stood.map(({ calls }) => [null, calls[0]?.call_id]));
});

it('a trajectory of SWE-agent that an earlier version told without a step in its middle gains that alone', async () => {
  const answer = (action: string) => ({ role: 'assistant', content: `Now ${action}.`, action, agent: 'main' });
  const step = (action: string) => ({ action, observation: `${action} done`, response: `Now ${action}.` });
  const text = JSON.stringify({
    environment: 'loom',
    history: [
      { role: 'user', content: 'Mend the loom.', agent: 'main' },
      answer('look'),
      { role: 'user', content: 'look done', agent: 'main' },
      answer('mend'),
    ],
    trajectory: [step('look'), step('oil'), step('mend'), step('test')],
    info: {},
  });
  const kept = async (earlier: boolean) => {
    using store = importedStore();
    if (earlier) {
      const inMiddle = (key: string) => key.includes(':step:');
      await store.take(text, '/loom.traj', undefined, (record) =>
        inMiddle(record.key) ? { ...record, events: [], key: 'before' } : record,
      );
    }
    await store.take(text, '/loom.traj');
    const [trace] = store.traces();
    const deeds = trace?.steps.flatMap((each) => (each.type === 'terminal_command' ? [each.command] : [])).sort();
    return [trace?.calls.length, deeds];
  };
  expect(await kept(false)).toEqual([2, ['look', 'mend', 'oil', 'test']]);
  expect(await kept(true)).toEqual(await kept(false));
  // Between the two a version named it by its place among all of them.
  using store = importedStore();
  let count = 0;
  await store.take(text, '/loom.traj', 1_790_000_000_000_000, (record) => ({
    ...record,
    key: record.key.replace(/:(?:step:)?\d+$/, () => `:${count++}`),
  }));
  const stood = store.traces();
  expect((await store.take(text, '/loom.traj')).taken).toMatchObject({ records: 0, calls: 0, traces: 1 });
  expect(store.traces()).toEqual(stood);
});

/** Results of one moment have no order among each other. */
function inOrder(steps: string[][]): string[][] {
  const sorted = steps.map((step) => [...step]);
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (sorted[from]?.[0] === 'tool_result' && sorted[to]?.[0] === 'tool_result') to += 1;
    sorted.splice(from, to - from, ...sorted.slice(from, to).sort());
    from = to;
  }
  return sorted;
}

it('a session that grew comes in full, wherever it was read before', async () => {
  const lines = claude();
  const text = (count: number) =>
    lines
      .slice(0, count)
      .map((line) => `${line}\n`)
      .join('');
  const whole = await imported(text(lines.length));
  for (const count of [1, 4, 5, 7, 9]) {
    const grown = await imported(text(count), text(lines.length));
    expect([grown.calls, grown.tools], `${count} lines`).toEqual([whole.calls, whole.tools]);
    expect(inOrder(grown.steps)).toEqual(inOrder(whole.steps));
    expect(grown.chat).toEqual(whole.chat);
    grown.close();
  }
  whole.close();
});

it('names a document that stands under the key of another', async () => {
  const document = (task: string, answer: string) =>
    JSON.stringify({
      schema_version: 'ATIF-v1.7',
      trajectory_id: 'kiln-7',
      agent: { name: 'potter', version: '1', model_name: 'clay-1' },
      steps: [
        { step_id: 1, timestamp: at(1), source: 'user', message: task },
        {
          step_id: 2,
          timestamp: at(5),
          source: 'agent',
          message: answer,
          metrics: { prompt_tokens: 9, completion_tokens: 3 },
        },
      ],
    });
  using store = importedStore();
  await store.take(document('Fire the kiln.', 'Fired.'), '/a.json');
  const report = await store.take(document('Empty the kiln.', 'It is empty now.'), '/b.json');
  expect(report.skipped).toEqual([
    { where: expect.stringContaining('kiln-7'), reason: expect.stringContaining('another record') },
  ]);
  expect(store.traces().map(({ calls, title }) => [title, calls.length])).toEqual([['Fire the kiln.', 1]]);
  expect(await store.take(document('Fire the kiln.', 'Fired.'), '/a.json')).toMatchObject({
    skipped_count: 0,
    duplicates: 1,
  });
});

describe('an ATIF document that an earlier version stored under the id of its session', () => {
  const document = (task: string, answers: string[], from = 1) =>
    JSON.stringify({
      schema_version: 'ATIF-v1.6',
      session_id: 'dye-3',
      agent: { name: 'dyer', version: '1', model_name: 'madder-1' },
      steps: [
        { step_id: 1, timestamp: at(from), source: 'user', message: task },
        ...answers.map((message, place) => ({
          step_id: place + 2,
          timestamp: at(from + 4 + place),
          source: 'agent',
          message,
          metrics: { prompt_tokens: 9, completion_tokens: 3 },
        })),
      ],
    });
  /** As it was stored: its records and its trace had no other name than the session. */
  async function stored(store: ReturnType<typeof importedStore>, text: string) {
    const report = await store.take(text, '/dye.json', undefined, (record) => ({
      ...record,
      key: record.key.replace(/^dye-3:[0-9a-f]{8}/, 'dye-3'),
      trace: { ...record.trace, key: 'atif:dye-3' },
    }));
    expect(report.taken.calls).toBeGreaterThan(0);
  }

  it('is not stored again', async () => {
    using store = importedStore();
    const text = document('Dye it red.', ['Red.', 'Rinsed.']);
    await stored(store, text);
    expect((await store.take(text, '/dye.json')).taken).toMatchObject({ records: 0, calls: 0, traces: 1 });
    expect(store.traces().map(({ calls }) => calls.length)).toEqual([2]);
  });

  it('goes on in its trace', async () => {
    using store = importedStore();
    await stored(store, document('Dye it red.', ['Red.']));
    const report = await store.take(document('Dye it red.', ['Red.', 'Rinsed.']), '/dye.json');
    expect(report.taken).toMatchObject({ records: 1, calls: 1, traces: 1 });
    expect(store.traces().map(({ calls }) => calls.length)).toEqual([2]);
  });

  it('is told from another of the session that begins otherwise', async () => {
    using store = importedStore();
    await stored(store, document('Dye it red.', ['Red.']));
    await store.take(document('Wash it.', ['Washed.'], 30), '/wash.json');
    expect(
      store
        .traces()
        .map(({ calls }) => calls.length)
        .sort(),
    ).toEqual([1, 1]);
  });
});
