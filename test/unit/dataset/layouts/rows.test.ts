import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Example } from '../../../../src/main/dataset/examples/example.js';
import { layouts } from '../../../../src/main/dataset/index.js';
import type { Layout } from '../../../../src/main/dataset/layouts/layout.js';
import type { ChatMessage, Json, Part } from '../../../../src/shared/model/index.js';
import {
  calls,
  exampleOf,
  fullExample,
  gives,
  oddSession,
  ordinarySession,
  pairExample,
  says,
  shownSession,
  thinks,
  tokensOf,
  user,
} from '../../../support/examples.js';
import { plainRows } from '../../../support/traces.js';

type Row = { [column: string]: Json };
const ofExamples = Object.values<Layout>(layouts).filter((layout) => layout.of === 'examples');
const pairs = ['openai-preference', 'trl-preference'];
const states = ['training-example', 'conversation-example'];
const both = ['llamafactory-v1', 'llamafactory-sharegpt', 'ms-swift', 'openrlhf'];

function items(layout: Layout, example: Example, reasoning = layout.choices?.reasoning?.[0] ?? 'strip') {
  if (layout.of !== 'examples') throw new Error('not of examples');
  return [...layout.rows(example, plainRows({ reasoning }))] as ({ row: Row } | { skipped: string })[];
}

function rowsOf(id: keyof typeof layouts, example: Example, reasoning?: 'keep' | 'strip' | 'last'): Row[] {
  return items(layouts[id], example, reasoning).flatMap((item) => ('row' in item ? [item.row] : []));
}

function skipsOf(id: keyof typeof layouts, example: Example): string[] {
  return items(layouts[id], example).flatMap((item) => ('skipped' in item ? [item.skipped] : []));
}

/** A column that holds a list. */
function list<Item>(value: Json | undefined): Item[] {
  return value as unknown as Item[];
}

/** As a file holds it and a reader gets it back. */
const read = (row: Row) => JSON.parse(JSON.stringify(row)) as Row;

describe.each(ofExamples.map((layout): [string, Layout] => [layout.id, layout]))('%s', (id, layout) => {
  const example = (messages: ChatMessage[]) => (pairs.includes(id) ? pairExample(messages) : fullExample(messages));
  const reasonings = layout.choices?.reasoning ?? (['strip'] as const);

  it.each([
    ['an ordinary', ordinarySession],
    ['an odd', oddSession],
  ])('tells %s session in rows that its own shape takes', (_, session) => {
    for (const reasoning of reasonings) {
      const [item] = items(layout, example(session()), reasoning);
      if (id === 'openai-rft' || id === 'xlam') if (item && 'skipped' in item) continue;
      const { row } = item as { row: Row };
      expect(layout.row.strict().parse(read(row))).toEqual(read(row));
    }
  });

  it('makes no row of what it cannot tell, and says why', () => {
    const unanswered = example([user('go'), says(calls('a')), user('well?'), says('ok')]);
    for (const item of items(layout, unanswered))
      expect('skipped' in item ? item.skipped : 'a row').toMatch(
        // A state without the answer of a tool is one that can be told.
        states.includes(id) ? /^a row$/ : /without a result|first question/,
      );
  });

  it('never makes a row against its own shape, whatever was said', () => {
    const ids = fc.constantFrom('a', 'b', null);
    const part: fc.Arbitrary<Part> = fc.oneof(
      fc.string({ maxLength: 5, unit: 'binary' }).map((value): Part => ({ type: 'text', text: value })),
      fc
        .tuple(ids, fc.constantFrom('search', 'read.file'), fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue()))
        .map(([call, name, args]) => calls(call, name, args as Json)),
      fc.tuple(ids, fc.jsonValue({ maxDepth: 2 })).map(([call, value]) => gives(call, value as Json).parts[0] as Part),
      fc.constantFrom<Part>(thinks('hm'), { type: 'media', media: 'image', url: 'https://example.com/x.png' }),
    );
    const message = fc.record({
      role: fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool'),
      parts: fc.array(part, { maxLength: 3 }),
    }) as fc.Arbitrary<ChatMessage>;
    const talk = fc.tuple(fc.array(message, { maxLength: 6 }), fc.constantFrom(...reasonings));
    fc.assert(
      fc.property(talk, ([conversation, reasoning]) => {
        const whole = [user('go'), ...conversation, says('ok')];
        for (const item of items(layout, example(whole), reasoning))
          if ('row' in item) layout.row.strict().parse(read(item.row));
      }),
      { numRuns: 150 },
    );
  });
});

describe('pairs', () => {
  it.each([...pairs, ...both])('%s tells the worse answer beside the better one', (id) => {
    const [row] = rowsOf(id as keyof typeof layouts, pairExample());
    expect(JSON.stringify(row)).toContain('I do not know.');
    expect(JSON.stringify(row)).toContain('There too.');
  });

  it.each(pairs)('%s says of an example without one that there is none', (id) => {
    expect(skipsOf(id as keyof typeof layouts, exampleOf(ordinarySession()))).toEqual([
      'no worse answer to compare with',
    ]);
  });

  it('may end with calls that nothing answered', () => {
    const messages = [user('go'), says(calls('a', 'search', { query: 'x' }))];
    const pair = exampleOf(messages, { rejected: [says(calls('b', 'read_file', { path: 'y' }))] });
    for (const id of [...pairs, ...both]) expect(rowsOf(id as keyof typeof layouts, pair), id).toHaveLength(1);
    expect(rowsOf('trl-messages', exampleOf(messages, { ends_with_calls: true }))).toHaveLength(1);
    expect(skipsOf('trl-messages', exampleOf(messages))).toEqual(['a tool call without a result']);
    const half = [user('go'), says(calls('a'), calls('b')), gives('a', 'x')];
    expect(skipsOf('trl-messages', exampleOf(half, { ends_with_calls: true }))).toEqual([
      'a tool call without a result',
    ]);
  });
});

describe('reasoning', () => {
  const thoughts = (row: Row | undefined) => [
    JSON.stringify(row).includes('I should look.'),
    JSON.stringify(row).includes('Same file.'),
  ];
  it.each(ofExamples.filter(({ choices }) => choices?.reasoning).map(({ id }) => id))(
    '%s keeps all, none or the last',
    (id) => {
      const example = id === 'trl-preference' ? pairExample() : fullExample();
      // A closing answer is asked for from its question: no answer stands before it.
      if (id === 'nemo-gym') return;
      expect(thoughts(rowsOf(id, example, 'keep')[0])).toEqual([true, true]);
      expect(thoughts(rowsOf(id, example, 'strip')[0])).toEqual([false, false]);
      expect(thoughts(rowsOf(id, example, 'last')[0])).toEqual([false, true]);
    },
  );
});

describe('what is particular', () => {
  it('trl: arguments are objects, tools are text, images stand in a column', () => {
    const [row] = rowsOf('trl-messages', exampleOf(ordinarySession()));
    const messages = row?.messages as { tool_calls?: { function: { arguments: Json } }[] }[];
    expect(messages[2]?.tool_calls?.[0]?.function.arguments).toEqual({ query: 'port' });
    expect(JSON.parse(row?.tools as string)).toMatchObject([{ function: { name: 'search' } }, {}]);
    const [shown] = rowsOf('trl-messages', exampleOf(shownSession()));
    expect(shown).toMatchObject({
      images: ['https://example.com/a.png', 'https://example.com/b.png'],
      messages: [{ content: [{ type: 'text', text: 'What is this?' }, { type: 'image' }, { type: 'image' }] }, {}],
    });
  });

  it('trl-prompt-completion: the prompt ends before what is expected', () => {
    const messages = ordinarySession();
    const [row] = rowsOf('trl-prompt-completion', exampleOf(messages, { expected: 4 }));
    expect(list<Json>(row?.prompt).length).toBe(4);
    expect(list<{ role: string }>(row?.completion).map(({ role }) => role)).toEqual([
      'assistant',
      'tool',
      'tool',
      'assistant',
      'user',
      'assistant',
    ]);
  });

  it('trl-kto: a label of the trace counts where none is of the example; none is no row', () => {
    const example = exampleOf(ordinarySession());
    expect(skipsOf('trl-kto', example)).toEqual(['nobody said whether it is wanted']);
    const review = {
      trace_id: example.trace.trace_id,
      label: 'rejected',
      rating: null,
      tags: [],
      note: '',
      updated_at: null,
    } as const;
    expect(
      rowsOf('trl-kto', { ...example, trace: { ...example.trace, review: { ...review, tags: [] } } })[0]?.label,
    ).toBe(false);
  });

  it('context alone: trained by none of the layouts that can say it, no row of those that cannot', () => {
    const example = exampleOf(ordinarySession(), { context_only: new Set([2]) });
    expect(list<{ train: boolean }>(rowsOf('axolotl-chat', example)[0]?.messages).map(({ train }) => train)).toEqual([
      false,
      false,
      false,
      false,
      true,
      false,
      false,
      true,
      false,
      true,
    ]);
    expect(list<{ loss_weight: number }>(rowsOf('llamafactory-v1', example)[0]?.messages)[2]?.loss_weight).toBe(0);
    expect(list<{ weight?: number }>(rowsOf('openai-chat', example)[0]?.messages)[2]?.weight).toBe(0);
    expect(list<{ loss?: boolean }>(rowsOf('ms-swift', example)[0]?.messages)[2]?.loss).toBe(false);
  });

  /** Where each layout leaves an answer that is context alone. */
  const placeOfContext: { [layout: string]: 'marked' | 'in prompts' | 'before the last' | 'nowhere' } = {
    'openai-chat': 'marked',
    'openai-preference': 'in prompts',
    'openai-rft': 'in prompts',
    'trl-messages': 'nowhere',
    'trl-prompt-completion': 'in prompts',
    'trl-preference': 'in prompts',
    'trl-kto': 'in prompts',
    'axolotl-chat': 'marked',
    'axolotl-stepwise': 'in prompts',
    'axolotl-kd': 'marked',
    'llamafactory-v1': 'marked',
    'llamafactory-sharegpt': 'nowhere',
    'ms-swift': 'marked',
    'verl-sft': 'nowhere',
    'verl-rl': 'in prompts',
    skyrl: 'before the last',
    openrlhf: 'in prompts',
    'nemo-gym': 'in prompts',
    hermes: 'nowhere',
    xlam: 'nowhere',
    mistral: 'marked',
    gemini: 'nowhere',
    bedrock: 'nowhere',
    prm800k: 'in prompts',
    'training-example': 'in prompts',
    'conversation-example': 'in prompts',
  };

  it.each(ofExamples.map(({ id }) => id))('context alone is not learned by who reads %s', (id) => {
    const place = placeOfContext[id];
    expect(place, 'decide it and say it in docs/layouts.md').toBeDefined();
    const full = pairs.includes(id) ? pairExample() : fullExample();
    const { label: _, ...example } = { ...full, context_only: new Set([2, 4]) };
    const of = id === 'trl-kto' ? { ...example, label: true } : example;
    const rows = rowsOf(id, of);
    if (place === 'nowhere') {
      expect(rows).toEqual([]);
      expect(skipsOf(id, of).join()).toContain('context alone');
    } else expect(rows.length).toBeGreaterThan(0);
    // Of an example of which the last answer is context nothing can be learned.
    const last = { ...of, context_only: new Set([2, 4, 7, 9]) };
    if (place === 'marked' || place === 'before the last' || place === 'nowhere') expect(rowsOf(id, last)).toEqual([]);
  });

  it('prompt and completion: each run of answers to learn is a row, with what is context alone in its prompt', () => {
    const whole = exampleOf(ordinarySession(), { expected: 2, context_only: new Set([4]) });
    for (const [id, before, after] of [
      ['trl-prompt-completion', 'prompt', 'completion'],
      ['openrlhf', 'input', 'output'],
    ] as const) {
      const rows = rowsOf(id, whole);
      expect(
        rows.map((row) => [list(row[before]).length, list<{ role: string }>(row[after]).map(({ role }) => role)]),
      ).toEqual(
        id === 'openrlhf'
          ? [
              [2, ['assistant']],
              [6, ['assistant', 'user', 'assistant']],
            ]
          : [
              [2, ['assistant']],
              [7, ['assistant', 'user', 'assistant']],
            ],
      );
      for (const row of rows) expect(JSON.stringify(row[after])).not.toContain('größe');
    }
    const faulty = exampleOf(ordinarySession(), { expected: 2, context_only: new Set([2]) });
    expect(list(rowsOf('trl-prompt-completion', faulty)[0]?.prompt)).toHaveLength(4);
  });

  it('an answer that goes on behind one that is context alone gives no row', () => {
    const session = [user('go'), says('wrong'), says('right')];
    for (const id of ['openai-chat', 'axolotl-chat', 'skyrl'] as const)
      expect(skipsOf(id, exampleOf(session, { context_only: new Set([1]) }))).toEqual([
        'an answer that is context alone, and goes on',
      ]);
  });

  it('axolotl-kd: as many candidates at each place, ids alone; none without ids', () => {
    const tokens = tokensOf(['a', 'b']);
    tokens[1]?.top?.pop();
    const [row] = rowsOf('axolotl-kd', exampleOf(ordinarySession(), { logprobs: tokens }));
    expect(row?.logprobs).toEqual([[{ token: 'token_id:0', logprob: -0.1 }], [{ token: 'token_id:1', logprob: -0.1 }]]);
    expect(skipsOf('axolotl-kd', exampleOf(ordinarySession()))).toEqual(['no token ids with logprobs on the wire']);
  });

  it('stepwise and PRM800K: steps up to the first that nobody rated', () => {
    const [row] = rowsOf('axolotl-stepwise', fullExample());
    expect(row).toMatchObject({
      completions: ['Look for the port.', 'Read a file that is not there.'],
      labels: [true, false],
    });
    expect(rowsOf('prm800k', fullExample())[0]?.label).toMatchObject({
      finish_reason: 'found_error',
      steps: [{ chosen_completion: 0 }, { human_completion: { text: 'Read src/server.ts.' }, chosen_completion: null }],
    });
  });

  it('llamafactory-sharegpt: words and thoughts stand before the calls, several results are one observation', () => {
    const [row] = rowsOf('llamafactory-sharegpt', exampleOf(ordinarySession()), 'keep');
    const said = row?.conversations as { from: string; value: string }[];
    expect(said.map(({ from }) => from)).toEqual([
      'human',
      'function_call',
      'observation',
      'function_call',
      'observation',
      'gpt',
      'human',
      'gpt',
    ]);
    expect(said[1]?.value).toBe(
      '<think>\nI should look.\n</think>\n\nLooking.<tool_call>[{"name":"search","arguments":{"query":"port"}}]</tool_call>',
    );
    expect(said[4]?.value.split('</tool_response>')).toHaveLength(2);
  });

  it('ms-swift: results stand in the order of the calls', () => {
    const [row] = rowsOf('ms-swift', exampleOf(ordinarySession()));
    const said = row?.messages as { role: string; content: string }[];
    expect(said.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool_call',
      'tool_response',
      'tool_call',
      'tool_call',
      'tool_response',
      'tool_response',
      'assistant',
      'user',
      'assistant',
    ]);
    expect(said[7]?.content).toContain('const port');
  });

  it('marks of images that were said as words make no row', () => {
    const said = exampleOf([user('Type <image> here.'), says('ok')]);
    for (const id of ['ms-swift', 'llamafactory-sharegpt'] as const)
      expect(skipsOf(id, said)).toEqual(['words that its reader takes for something else: <image>']);
    expect(rowsOf('verl-sft', said)).toHaveLength(1);
  });

  it('verl-rl, nemo-gym, rft: a closing answer is asked for from its question, a step from where it was taken', () => {
    const [closing] = rowsOf('verl-rl', exampleOf(ordinarySession()));
    expect(closing).toMatchObject({ reward_model: { style: 'rule', ground_truth: 'There too.' } });
    expect(list<{ role: string }>(closing?.prompt).at(-1)?.role).toBe('user');
    const step = exampleOf(ordinarySession().slice(0, 5), { expected: 4, ends_with_calls: true });
    expect(list<{ role: string }>(rowsOf('verl-rl', step)[0]?.prompt).at(-1)?.role).toBe('tool');
    const [gym] = rowsOf('nemo-gym', step);
    expect(gym).toMatchObject({
      responses_create_params: { input: [{}, {}, {}, { type: 'function_call' }, { type: 'function_call_output' }] },
      expected_calls: [{ name: 'read_file' }, { name: 'read_file' }],
    });
    expect(skipsOf('openai-rft', step)).toEqual(['the prompt does not end with the user']);
    expect(rowsOf('openai-rft', exampleOf(ordinarySession()))[0]?.reference_answer).toBe('There too.');
  });

  it('hermes and openrlhf: tools, calls and results are text', () => {
    const [row] = rowsOf('hermes', exampleOf(ordinarySession()));
    const said = row?.conversations as { from: string; value: string }[];
    expect(said[0]?.value).toContain('<tools>\n{"type":"function"');
    expect(said[2]?.value).toContain('<tool_call>\n{"name":"search","arguments":{"query":"port"}}\n</tool_call>');
    expect(said[5]?.value.match(/<tool_response>/g)).toHaveLength(2);
    expect(JSON.stringify(rowsOf('openrlhf', exampleOf(ordinarySession())))).not.toContain('"tool_calls"');
  });

  it('xlam: the first question and its calls', () => {
    const messages = [
      user('q'),
      says(calls('a', 'search', { query: 'x' }), calls('b', 'search', { query: 'y' })),
      gives('a', 1),
      gives('b', 2),
      says('ok'),
    ];
    const [row] = rowsOf('xlam', exampleOf(messages));
    expect(JSON.parse(row?.answers as string)).toHaveLength(2);
    expect(JSON.parse(row?.tools as string)[0]).toEqual({
      name: 'search',
      description: 'Searches the code',
      parameters: { query: { description: 'The query', type: 'string' } },
    });
    expect(skipsOf('xlam', exampleOf([user('q'), says('ok')]))).toEqual([
      'the first question leads to no tool call at once',
    ]);
  });

  it('mistral: ids of nine characters, the same on both sides', () => {
    const [row] = rowsOf('mistral', exampleOf(oddSession()));
    const messages = row?.messages as { tool_calls?: { id: string }[]; tool_call_id?: string }[];
    const asked = messages.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id));
    const answered = messages.flatMap(({ tool_call_id }) => tool_call_id ?? []);
    expect([...answered].sort()).toEqual([...asked].sort());
    for (const id of asked) expect(id).toMatch(/^[a-zA-Z0-9]{9}$/);
  });

  it('instructions that come later stand in what was heard, where there is no place for them', () => {
    for (const id of ['gemini', 'bedrock', 'mistral', 'llamafactory-sharegpt'] as const)
      expect(JSON.stringify(rowsOf(id, exampleOf(oddSession()))), id).toContain(
        '<system>\\nTests are frozen from now on.',
      );
    const roles = list<{ role: string }>(rowsOf('trl-messages', exampleOf(oddSession()))[0]?.messages).map(
      ({ role }) => role,
    );
    expect(roles.filter((role) => role === 'system')).toHaveLength(2);
  });

  it('gemini and bedrock: user and model take turns, results are what the user says', () => {
    const [row] = rowsOf('gemini', exampleOf(ordinarySession()));
    const roles = list<{ role: string }>(row?.contents).map(({ role }) => role);
    expect(roles).toEqual(['user', 'model', 'user', 'model', 'user', 'model', 'user', 'model']);
    expect(JSON.stringify(row)).toContain(
      '{"functionResponse":{"name":"read_file","response":{"error":"no such file"}}}',
    );
    expect(JSON.stringify(rowsOf('bedrock', exampleOf(ordinarySession())))).toContain('"status":"error"');
    expect(JSON.stringify(rowsOf('gemini', exampleOf(shownSession())))).toContain(
      '"fileUri":"https://example.com/a.png"',
    );
    expect(skipsOf('bedrock', exampleOf(shownSession()))).toEqual(['an image, for which this layout has no place']);
  });

  it('llamafactory and axolotl: what stands beside names every file', () => {
    const files = [
      { name: 'train.jsonl', split: 'train', rows: 1 },
      { name: 'test.jsonl', split: 'test', rows: 1 },
    ];
    const info = layouts['llamafactory-sharegpt'].beside({ files, columns: new Set(['conversations', 'chosen']) });
    expect(JSON.parse(info['dataset_info.json'] as string)).toMatchObject({
      train: { file_name: 'train.jsonl', formatting: 'sharegpt', ranking: true, columns: { chosen: 'chosen' } },
      test: { file_name: 'test.jsonl' },
    });
    expect(layouts['axolotl-chat'].beside({ files, columns: new Set() })['axolotl.yaml']).toBe(
      'datasets:\n  - path: train.jsonl\n    type: chat_template\n    message_field_training: train\ntest_datasets:\n  - path: test.jsonl\n    type: chat_template\n    message_field_training: train\n',
    );
  });
});
