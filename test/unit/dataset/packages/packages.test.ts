import { describe, expect, it } from 'vitest';
import type { Example } from '../../../../src/main/dataset/examples/example.js';
import { pointsOf } from '../../../../src/main/dataset/examples/points.js';
import { layouts } from '../../../../src/main/dataset/layouts/index.js';
import { exampleAt } from '../../../../src/main/dataset/packages/at-points.js';
import { packages } from '../../../../src/main/dataset/packages/index.js';
import type { Package } from '../../../../src/main/dataset/packages/package.js';
import type {
  Call,
  ChatMessage,
  Json,
  PackageId,
  Part,
  Score,
  Step,
  ToolCall,
  Trace,
  TraceLabels,
} from '../../../../src/shared/model/index.js';
import { plainRows, type Session, sessionSource, testCall, testId, testTrace } from '../../../support/traces.js';

const offered = [{ name: 'search' }, { name: 'open' }];
const text = (words: string): Part => ({ type: 'text', text: words });
const asks = (id: string, name: string, args: Json): Part => ({ type: 'tool_call', id, name, arguments: args });
const user = (words: string): ChatMessage => ({ role: 'user', parts: [text(words)] });

interface Turn {
  said: Part[];
  /** What came before this answer, besides the results of the answer before. */
  heard?: ChatMessage[];
  results?: { [id: string]: { result: Json; status?: ToolCall['status']; suspicion?: number } };
  call?: Partial<Call>;
}

/** A session of one line: each turn is a call that resends all before it. */
function session(turns: readonly Turn[], fields: Partial<Trace> = {}): Session {
  const trace_id = testId(1, 7);
  const history: ChatMessage[] = [];
  const calls: Call[] = [];
  const tools: ToolCall[] = [];
  const messages: Session['messages'] = new Map();
  for (const [index, { said, heard = [], results = {}, call }] of turns.entries()) {
    const call_id = testId(2, index);
    history.push(...heard);
    const answer: ChatMessage = { role: 'assistant', parts: said };
    messages.set(call_id, { request: [...history], response: [answer] });
    calls.push(
      testCall({
        call_id,
        parent_call_id: index === 0 ? null : testId(2, index - 1),
        edge: { rule: index === 0 ? 'root' : 'message_prefix', basis: 'recorded', confidence: 1 },
        tools_offered: offered,
        ...call,
      }),
    );
    history.push(answer);
    for (const part of said) {
      if (part.type !== 'tool_call' || part.id === null) continue;
      const { result, status = 'ok', suspicion } = results[part.id] ?? { result: null, status: 'pending' as const };
      tools.push({
        tool_call_id: part.id,
        trace_id,
        call_id,
        step_id: null,
        name: part.name,
        arguments: part.arguments,
        result,
        status,
        ...(suspicion === undefined ? {} : { suspicion }),
        timestamp: '2026-11-21T09:30:00.123456Z',
        duration_ms: 5,
        metadata: {},
      });
      if (part.id in results)
        history.push({ role: 'tool', parts: [{ type: 'tool_result', tool_call_id: part.id, result }] });
    }
  }
  return { trace: testTrace({ trace_id, calls, tool_calls: tools, ...fields }), messages };
}

const score = (name: string, value: number): Score => ({
  score_id: testId(9, 1),
  kind: 'rule',
  name,
  value,
  created_at: '2026-11-21T10:00:00.000Z',
});

function taken(id: PackageId, of: Session, labels?: Partial<TraceLabels>, others: readonly Session[] = []) {
  const source = {
    ...sessionSource([of, ...others]),
    labels: (trace_id: string) =>
      trace_id === of.trace.trace_id
        ? { trace_id, corrections: [], step_labels: [], comparisons: [], ...labels }
        : { trace_id, corrections: [], step_labels: [], comparisons: [] },
  };
  const examples: Example[] = [];
  const skipped: string[] = [];
  for (const item of (packages[id] as Package).examples?.(of.trace, source) ?? []) {
    if ('skipped' in item) skipped.push(item.skipped);
    else examples.push(item.example);
  }
  return { examples, skipped, calls: examples.map(({ call }) => call.call_id) };
}

const told = (messages: readonly ChatMessage[]) => messages.map(({ role, parts }) => [role, parts]);

const search: Turn = {
  heard: [user('Where is the parser?')],
  said: [text('I look for it.'), asks('c1', 'search', { query: 'parser' })],
  results: { c1: { result: 'src/parse.ts' } },
};
const answer: Turn = { said: [text('In src/parse.ts.')] };

describe('tool-selection', () => {
  it('takes the answers whose tools worked, behind all that was said before', () => {
    const of = session([search, answer]);
    const { examples, calls } = taken('tool-selection', of);
    expect(calls).toEqual([testId(2, 0)]);
    expect(told(examples[0]?.messages ?? [])).toEqual([
      ['user', search.heard?.[0]?.parts],
      ['assistant', search.said],
    ]);
    expect(examples[0]?.expected).toBe(1);
  });

  it.each<[string, Turn, string]>([
    ['failed', { ...search, results: { c1: { result: 'no', status: 'error' } } }, 'a tool call failed'],
    ['is suspect', { ...search, results: { c1: { result: 'ERROR: x', suspicion: 0.9 } } }, 'a tool call failed'],
    ['has no result', { ...search, results: {} }, 'a tool call has no result'],
    [
      'was the only choice',
      { ...search, call: { tools_offered: [{ name: 'search' }] } },
      'there was one tool to choose from',
    ],
  ])('leaves out a call that %s', (_, turn, reason) => {
    expect(taken('tool-selection', session([turn]))).toMatchObject({ examples: [], skipped: [reason] });
  });

  it('goes by what a person said of a suspect result', () => {
    const of = session([{ ...search, results: { c1: { result: 'ERROR: x', suspicion: 0.9 } } }]);
    (of.trace.tool_calls[0] as ToolCall).metadata.judged = 'ok';
    expect(taken('tool-selection', of).calls).toEqual([testId(2, 0)]);
  });
});

describe('decision-making', () => {
  it('takes answers with a reason', () => {
    const bare: Turn = { said: [asks('c2', 'open', { path: 'src' })], results: { c2: { result: 'parse.ts' } } };
    const thought: Turn = { said: [{ type: 'reasoning', text: 'That is all.' }, text('In src/parse.ts.')] };
    expect(taken('decision-making', session([search, bare, thought])).calls).toEqual([testId(2, 0), testId(2, 2)]);
    expect(taken('decision-making', session([bare])).skipped).toEqual(['no reason stands before what was done']);
    expect(taken('decision-making', session([{ ...thought, call: { tools_offered: [] } }])).skipped).toEqual([
      'the agent had no choice of tools',
    ]);
  });

  it('takes decisions that were told of outside of any call, with what is known of the moment', () => {
    const at = (minute: number) => `2026-11-20T10:0${minute}:00.000000Z`;
    const step = (seq: number, more: object) =>
      ({ step_id: testId(4, seq), seq, timestamp: at(seq), call_id: null, ...more }) as unknown as Step;
    const tool = (tool_call_id: string, name: string): ToolCall => ({
      ...(session([search]).trace.tool_calls[0] as ToolCall),
      tool_call_id,
      name,
      call_id: null,
    });
    const decision = {
      decision_id: testId(5, 1),
      trace_id: testId(1, 7),
      call_id: null,
      timestamp: at(3),
      context: 'The quay is closed.',
      available_options: [{ option: 'wait', cons: ['an hour lost'] }, { option: 'open' }],
      decision: 'open',
      reasoning: 'The other quay is free.',
      tool_call_ids: ['t2'],
      origin: 'explicit' as const,
      outcome: { success: true },
    };
    const trace = testTrace({
      trace_id: testId(1, 7),
      title: 'Unload the barge',
      calls: [],
      steps: [
        step(0, { type: 'message', role: 'user', content: 'Unload the barge.' }),
        step(1, { type: 'tool_call', tool_call_id: 't1', name: 'search', arguments: {} }),
        step(2, { type: 'tool_result', tool_call_id: 't1', result: 'closed' }),
        step(4, { type: 'message', role: 'user', content: 'Later.' }),
      ],
      tool_calls: [tool('t1', 'search'), tool('t2', 'open')],
      decisions: [
        decision,
        { ...decision, decision_id: testId(5, 2), reasoning: '' },
        { ...decision, decision_id: testId(5, 3), tool_call_ids: ['gone'] },
        { ...decision, decision_id: testId(5, 4), origin: 'derived' },
      ],
    });
    const { examples, skipped } = taken('decision-making', { trace, messages: new Map() });
    expect(skipped).toEqual(['no reason is given for the decision', 'the tool that the decision led to is not there']);
    const [example, ...others] = examples as [Example];
    expect(others).toEqual([]);
    expect(example.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user', 'assistant']);
    expect(JSON.stringify(example.messages)).not.toContain('Later.');
    const [item] = layouts['training-example'].rows({ ...example, package: 'decision-making' });
    expect(item).toMatchObject({
      row: {
        id: decision.decision_id,
        context: { goal: 'Unload the barge.', available_tools: ['open'] },
        expected_output: { action: 'tool_request', tool: 'open', reasoning: 'The other quay is free.' },
        metadata: { decision_id: decision.decision_id, execution_successful: true },
      },
    });
    expect(item).not.toHaveProperty('row.metadata.call_id');
    expect([...layouts['trl-prompt-completion'].rows(example, plainRows())]).toMatchObject([
      { row: { completion: [{ role: 'assistant' }] } },
    ]);
  });
});

describe('error-handling', () => {
  const broken: Turn = { ...search, results: { c1: { result: 'no such index', status: 'error' } } };
  const other: Turn = { said: [asks('c2', 'open', { path: 'src' })], results: { c2: { result: 'parse.ts' } } };

  it('takes the way out of a failure', () => {
    const { calls, examples } = taken('error-handling', session([broken, other, answer]));
    expect(calls).toEqual([testId(2, 1)]);
    expect(JSON.stringify(examples[0]?.messages)).toContain('no such index');
  });

  it('takes words too, where the agent told the person', () => {
    expect(taken('error-handling', session([broken, answer])).calls).toEqual([testId(2, 1)]);
  });

  it.each<[string, Turn, string]>([
    [
      'that failed too',
      { ...other, results: { c2: { result: 'no', status: 'error' } } },
      'what was tried next failed too',
    ],
    [
      'that is the same again',
      { said: [asks('c2', 'search', { query: 'parser' })], results: { c2: { result: 'x' } } },
      'the same was tried again',
    ],
  ])('leaves out a try %s', (_, turn, reason) => {
    expect(taken('error-handling', session([broken, turn])).skipped).toContain(reason);
  });
});

describe('whole conversations', () => {
  const twice: Turn = {
    said: [asks('c2', 'search', { query: 'parser' })],
    results: { c2: { result: 'src/parse.ts' } },
  };

  it('are learned but for what brought nothing', () => {
    const of = session([search, twice, answer], { scores: [score('efficiency', 0.9)], cost_usd: 0.01 });
    for (const id of ['workflow-optimization', 'performance-optimization'] as const) {
      const [example] = taken(id, of).examples;
      // user, search, result, the same search again, …
      expect([...(example?.context_only ?? [])], id).toEqual([3]);
    }
    expect(taken('performance-optimization', of).examples[0]?.weight).toBe(0.9);
  });

  it.each<[PackageId, Partial<Trace>, string]>([
    ['workflow-optimization', {}, 'its efficiency is not known'],
    ['workflow-optimization', { scores: [score('efficiency', 0.6)] }, 'similar traces needed less'],
    ['workflow-optimization', { completion_status: 'failed' }, 'the trace is failed'],
    ['performance-optimization', { scores: [score('efficiency', 0.9)] }, 'its cost or its time is not known'],
    ['domain-specific', {}, 'it belongs to no field of work that is known'],
  ])('%s leaves out others: %j', (id, fields, reason) => {
    expect(taken(id, session([answer], fields)).skipped).toEqual([reason]);
  });

  it('name their field of work', () => {
    const of = session([search, answer], { metadata: { domain: 'Legal' } });
    expect(taken('domain-specific', of).examples[0]?.domain).toBe('legal');
  });

  it('are weighted by their quality where a teacher is distilled', () => {
    const { examples } = taken('kd-mix', session([search, answer], { scores: [score('training_weight', 0.4)] }));
    expect(examples.map(({ weight, expected, messages }) => [weight, messages.length - expected])).toEqual([[0.4, 1]]);
  });
});

describe('user-interaction', () => {
  it('takes what a person was told who came back', () => {
    const again: Turn = { heard: [user('And the lexer?')], said: [text('Beside it.')] };
    expect(taken('user-interaction', session([search, answer, again])).calls).toEqual([testId(2, 2)]);
  });
});

describe('multi-agent-coordination', () => {
  it('takes the order and what was made of its result', () => {
    const begins: Step = {
      step_id: testId(6, 1),
      seq: 1,
      timestamp: '2026-11-21T09:30:00.000Z',
      call_id: testId(2, 0),
      type: 'state_change',
      description: 'subagent begins: look',
      derived: true,
      data: { change: 'agent', state: 'begins', tool_call_id: 'c1' },
    };
    const of = session([search, answer], { steps: [begins] });
    expect(taken('multi-agent-coordination', of).calls).toEqual([testId(2, 0), testId(2, 1)]);
    expect(taken('multi-agent-coordination', session([search])).skipped).toEqual(['no other agent is involved']);
  });
});

const said = {
  trace_id: testId(1, 7),
  reviewer: 'ana',
  comment: '',
  created_at: '2026-11-21T10:00:00.000Z',
  updated_at: '2026-11-21T10:00:00.000Z',
  trace_revision: 1,
  stale: false,
};

describe('what people corrected', () => {
  const corrections: TraceLabels['corrections'] = [
    {
      correction_id: testId(7, 1),
      ...said,
      what: {
        kind: 'tool_call',
        call_id: null,
        tool_call_id: 'c1',
        corrected: { name: 'open', arguments: { path: 'src' } },
      },
    },
    {
      correction_id: testId(7, 2),
      ...said,
      what: { kind: 'message', call_id: testId(2, 1), choice: 0, corrected: { content: 'In src/parse.ts, line 3.' } },
    },
  ];

  it.each(['preference', 'quality-improvement'] as const)('is expected, and the original rejected: %s', (id) => {
    const { examples } = taken(id, session([search, answer]), { corrections });
    expect(
      examples.map(({ messages, expected, rejected }) => [told(messages.slice(expected)), told(rejected ?? [])]),
    ).toEqual([
      [[['assistant', [search.said[0], asks('c1', 'open', { path: 'src' })]]], [['assistant', search.said]]],
      [[['assistant', [text('In src/parse.ts, line 3.')]]], [['assistant', answer.said]]],
    ]);
  });

  it('is left out where it changes nothing, or its place is gone', () => {
    const same = { ...corrections[1], what: { ...corrections[1]?.what, corrected: { content: 'In src/parse.ts.' } } };
    const gone = { ...corrections[0], what: { ...corrections[0]?.what, tool_call_id: 'c9' } };
    expect(
      taken('preference', session([search, answer]), { corrections: [same, gone] as typeof corrections }).skipped,
    ).toEqual(['the correction changes nothing', 'what was corrected is no complete answer of a model']);
  });

  it('may be a better step', () => {
    const step: Step = {
      step_id: testId(6, 1),
      seq: 1,
      timestamp: '2026-11-21T09:30:00.000Z',
      call_id: testId(2, 1),
      type: 'message',
      role: 'assistant',
      content: 'In src/parse.ts.',
    };
    const of = session([search, answer], { steps: [step] });
    const label = {
      step_label_id: testId(7, 3),
      ...said,
      step_id: step.step_id,
      value: -1 as const,
      first_wrong: false,
    };
    const { examples } = taken('preference', of, { step_labels: [{ ...label, better: { content: 'Line 3.' } }] });
    expect(examples.map(({ messages, expected }) => told(messages.slice(expected)))).toEqual([
      [['assistant', [text('Line 3.')]]],
    ]);
    const steps = taken('process-supervision', of, { step_labels: [{ ...label, better: { content: 'Line 3.' } }] });
    expect(steps.examples.map((each) => each.steps)).toEqual([
      [{ text: 'In src/parse.ts.', rating: -1, better: 'Line 3.' }],
    ]);
    const disputed = taken('process-supervision', of, {
      step_labels: [
        { ...label, better: null },
        { ...label, reviewer: 'ben', value: 1, better: null },
      ],
    });
    expect(disputed.skipped).toEqual(['no step of the conversation was rated']);
  });
});

describe('what people compared', () => {
  const other: Session = (() => {
    const of = session([search, { said: [text('Nowhere.')] }]);
    const messages: Session['messages'] = new Map();
    const calls = of.trace.calls.map((call, index) => {
      const call_id = testId(3, index);
      messages.set(call_id, of.messages.get(call.call_id) as NonNullable<ReturnType<typeof of.messages.get>>);
      return { ...call, call_id, parent_call_id: index === 0 ? null : testId(3, index - 1) };
    });
    return { trace: { ...of.trace, trace_id: testId(1, 8), calls }, messages };
  })();
  const comparison = (preferred: 'a' | 'b' | 'tie'): TraceLabels['comparisons'][number] => ({
    comparison_id: testId(7, 4),
    a: { trace_id: testId(1, 7), call_id: null },
    b: { trace_id: testId(1, 8), call_id: null },
    preferred,
    reason: '',
    reviewer: 'ana',
    created_at: said.created_at,
    updated_at: said.updated_at,
    a_revision: 1,
    b_revision: 1,
    stale: false,
  });

  it.each([
    ['a', 'In src/parse.ts.', 'Nowhere.'],
    ['b', 'Nowhere.', 'In src/parse.ts.'],
  ] as const)('is a pair behind what both have in common: %s', (preferred, chosen, rejected) => {
    const { examples } = taken('preference', session([search, answer]), { comparisons: [comparison(preferred)] }, [
      other,
    ]);
    expect(examples).toHaveLength(1);
    const [example] = examples as [Example];
    expect(example.expected).toBe(3);
    expect(told(example.messages.slice(3))).toEqual([['assistant', [text(chosen)]]]);
    expect(told(example.rejected ?? [])).toEqual([['assistant', [text(rejected)]]]);
  });

  it('is nothing where reviewers disagree, in whichever order they compared', () => {
    const swapped = { ...comparison('a'), a: comparison('a').b, b: comparison('a').a, reviewer: 'ben' };
    const both = { comparisons: [comparison('a'), swapped] };
    expect(taken('preference', session([search, answer]), both, [other]).skipped).toEqual([
      'reviewers disagree on which is better',
    ]);
    const agreed = { comparisons: [comparison('b'), swapped] };
    expect(taken('preference', session([search, answer]), agreed, [other]).examples).toHaveLength(1);
  });

  it('names the other trace, wants the preferred one, and learns nothing of what both have in common', () => {
    const [example] = taken('preference', session([search, answer]), { comparisons: [comparison('b')] }, [
      other,
    ]).examples;
    expect(example?.trace.trace_id).toBe(testId(1, 7));
    expect(example?.other?.trace_id).toBe(testId(1, 8));
    expect([example?.label, example?.weight, [...(example?.context_only ?? [])]]).toEqual([true, 1, [1]]);
    const rows = [...layouts['trl-kto'].rows(example as Example, plainRows())];
    expect(rows.map((item) => ('row' in item ? [item.row.completion, item.row.label] : item))).toEqual([
      [[{ role: 'assistant', content: 'Nowhere.' }], true],
      [[{ role: 'assistant', content: 'In src/parse.ts.' }], false],
    ]);
  });

  it('is nothing where neither was preferred', () => {
    expect(
      taken('preference', session([search, answer]), { comparisons: [comparison('tie')] }, [other]).skipped,
    ).toEqual(['neither of the compared was preferred']);
  });
});

describe('the layouts of the founding documents', () => {
  const of = session(
    [
      search,
      {
        heard: [user('Be quick.')],
        said: [
          { type: 'reasoning', text: 'Both at once.' },
          asks('c2', 'open', { path: 'a' }),
          asks('c3', 'search', { query: 'b' }),
        ],
        results: { c2: { result: 1 }, c3: { result: 'no', status: 'error' } },
      },
      { said: [text('Found it.')] },
    ],
    { metadata: { scenario: 'CodeSearch' }, scores: [score('quality_score', 0.9), score('training_weight', 0.8)] },
  );
  const points = pointsOf(of.trace, sessionSource([of]));
  const example = (index: number): Example => {
    const point = points[index] as (typeof points)[number];
    const told = point.conversation();
    if (typeof told === 'string') throw new Error(told);
    return { ...exampleAt(point, told), package: 'tool-selection' };
  };
  const rowsOf = (layout: 'training-example' | 'conversation-example', index: number) =>
    [...layouts[layout].rows(example(index))].map((item) => item.row as Json);

  it('tell each parallel call as an example of its own', () => {
    expect(rowsOf('training-example', 1)).toEqual(
      [
        { id: `${testId(2, 1)}-1`, tool: 'open', parameters: { path: 'a' }, successful: true },
        { id: `${testId(2, 1)}-2`, tool: 'search', parameters: { query: 'b' }, successful: false },
      ].map(({ id, tool, parameters, successful }) => ({
        id,
        type: 'tool_selection',
        context: {
          scenario: 'CodeSearch',
          goal: 'Where is the parser?',
          current_state: {
            step: 2,
            request: 'Be quick.',
            last_action: { tool: 'search', parameters: { query: 'parser' }, result: 'src/parse.ts' },
          },
          available_tools: ['search', 'open'],
        },
        expected_output: { action: 'tool_request', tool, parameters, reasoning: 'Both at once.' },
        metadata: {
          quality_score: 0.9,
          human_validated: false,
          execution_successful: successful,
          training_weight: 0.8,
          trace_id: testId(1, 7),
          call_id: testId(2, 1),
          model: 'gpt-5-mini',
        },
      })),
    );
  });

  it('tell an answer in words', () => {
    const [row] = rowsOf('training-example', 2);
    expect(row).toMatchObject({
      id: testId(2, 2),
      expected_output: { action: 'response', tool: null, parameters: null, reasoning: '', response: 'Found it.' },
      metadata: { execution_successful: true },
    });
  });

  it('tell a decision as text', () => {
    const [row] = rowsOf('conversation-example', 0) as [
      { messages: { role: string; content: string }[]; metadata: Json },
    ];
    expect(row.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
    expect(JSON.parse(row.messages[1]?.content.replace('Current state: ', '') ?? '')).toEqual({
      goal: 'Where is the parser?',
      available_tools: ['search', 'open'],
      step: 1,
    });
    expect(row.messages[2]?.content).toBe(
      'Action: tool_request\nTool: search\nParameters: {\n  "query": "parser"\n}\n\nReasoning: I look for it.',
    );
    expect(row.metadata).toMatchObject({ scenario: 'CodeSearch', quality_score: 0.9, training_type: 'tool_selection' });
  });
});
