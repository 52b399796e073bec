import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conversations } from '../../../src/main/dataset/examples/conversations.js';
import { layouts } from '../../../src/main/dataset/index.js';
import { toOpenAiMessages } from '../../../src/main/dataset/layouts/openai-messages.js';
import type { OpenAiMessage } from '../../../src/main/dataset/layouts/openai-shapes.js';
import type { Call, ChatMessage, Json, Part } from '../../../src/shared/model/index.js';
import { agentSession, type Session, sessionSource, testCall, testId, testTrace } from '../../support/traces.js';

const layout = layouts['openai-chat'];

function itemsOf(session: Session) {
  return [...conversations(session.trace, sessionSource([session]))].flatMap((item) =>
    'skipped' in item ? [item] : [...layout.rows(item.example)],
  );
}

function rowsOf(session: Session) {
  return itemsOf(session).flatMap((item) => ('row' in item ? [item.row] : []));
}

function skipsOf(session: Session) {
  return itemsOf(session).flatMap((item) => ('skipped' in item ? [item.skipped] : []));
}

const text = (value: string): Part => ({ type: 'text', text: value });
const user = (value: string): ChatMessage => ({ role: 'user', parts: [text(value)] });
const says = (...parts: Part[]): ChatMessage => ({ role: 'assistant', parts });
const calls = (id: string | null, name = 'search', args: Json = {}): Part => ({
  type: 'tool_call',
  id,
  name,
  arguments: args,
});
const result = (id: string | null, value: Json = 'found', name?: string): Part => ({
  type: 'tool_result',
  tool_call_id: id,
  result: value,
  ...(name === undefined ? {} : { name }),
});
const tool = (...parts: Part[]): ChatMessage => ({ role: 'tool', parts });

function converted(...conversation: ChatMessage[]): OpenAiMessage[] {
  const done = toOpenAiMessages(conversation);
  if ('skipped' in done) throw new Error(`skipped: ${done.skipped}`);
  return done.messages;
}

function refused(...conversation: ChatMessage[]): string {
  const done = toOpenAiMessages(conversation);
  return 'skipped' in done ? done.skipped : 'not skipped';
}

/** What OpenAI documents of a training example; returns the first breach. */
function breach(messages: readonly OpenAiMessage[]): string | null {
  for (const [index, message] of messages.entries()) {
    if (!layout.row.shape.messages.element.safeParse(message).success) return `message ${index} has a wrong shape`;
    if (message.role === 'tool') {
      const before = messages[index - 1]?.role;
      if (before !== 'assistant' && before !== 'tool') return `message ${index}: a result without a call before it`;
    }
    if (message.role !== 'assistant') continue;
    if (messages[index - 1]?.role === 'assistant') return `message ${index}: two assistant messages in a row`;
    if (message.content === null && !message.tool_calls) return `message ${index} says nothing`;
    const wanted = (message.tool_calls ?? []).map((call) => call.id).sort();
    const given: string[] = [];
    for (let next = index + 1; messages[next]?.role === 'tool'; next += 1) {
      given.push((messages[next] as { tool_call_id: string }).tool_call_id);
    }
    if (JSON.stringify(wanted) !== JSON.stringify(given.sort())) return `message ${index}: calls and results differ`;
    for (const call of message.tool_calls ?? []) {
      const parsed: unknown = JSON.parse(call.function.arguments);
      if (typeof parsed !== 'object' || parsed === null) return `message ${index}: arguments are no object`;
    }
  }
  return messages.at(-1)?.role === 'assistant' ? null : 'does not end with the assistant';
}

describe('openai-chat', () => {
  it('makes one row of a session: the last call, with its tools and without reasoning', () => {
    const session = agentSession(7, 3);
    const rows = rowsOf(session);
    expect(rows).toHaveLength(1);
    expect(layout.row.parse(rows[0])).toEqual(rows[0]);
    expect(rows[0]?.messages.map((message) => message.role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'assistant',
      'tool',
      'assistant',
      'tool',
      'assistant',
    ]);
    expect(rows[0]?.messages[2]).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_7_0', type: 'function', function: { name: 'search', arguments: '{"query":"needle 0"}' } },
      ],
    });
    expect(rows[0]?.messages[3]).toEqual({
      role: 'tool',
      tool_call_id: 'call_7_0',
      content: '{"hits":[0,7],"file":"src/0.ts"}',
    });
    expect(rows[0]?.tools?.[0]).toMatchObject({ type: 'function', function: { name: 'search' } });
    expect(JSON.stringify(rows[0])).not.toContain('I should look');
    expect(breach(rows[0]?.messages ?? [])).toBeNull();
  });

  it('gives a row for each branch and passes over failed retries', () => {
    const session = agentSession(1, 1);
    const [first, last] = session.trace.calls as [Call, Call];
    const branch = testCall({ ...last, call_id: testId(2, 50) });
    const failed = testCall({ ...last, call_id: testId(2, 51), error: { code: 'overloaded', message: 'try later' } });
    session.messages.set(branch.call_id, {
      request: session.messages.get(last.call_id)?.request ?? [],
      response: [says(text('Another answer.'))],
    });
    session.messages.set(failed.call_id, { request: [], response: [] });
    session.trace.calls = [first, last, branch, failed];
    expect(rowsOf(session).map((row) => row.messages.at(-1)?.content)).toEqual(['It is in file 1.', 'Another answer.']);
  });

  it.each([
    ['an error', { error: { code: 'server_error', message: 'x' } }, 'the call failed (server_error)'],
    ['a cut stream', { partial: true }, 'the answer was cut off'],
    ['a length limit', { stop_reason: 'max_tokens' }, 'the answer was cut off (max_tokens)'],
  ])('skips a conversation that ends with %s', (_name, fields, reason) => {
    const session = agentSession(1, 0);
    session.trace.calls = session.trace.calls.map((call) => testCall({ ...call, ...fields }));
    expect(itemsOf(session)).toEqual([{ skipped: reason }]);
  });

  it('skips a session whose last tool call has no result', () => {
    const session = agentSession(1, 2);
    session.trace.calls.pop();
    expect(rowsOf(session)).toEqual([]);
    expect(skipsOf(session)).toEqual(['a tool call without a result']);
  });

  it('skips traces without a conversation', () => {
    const session = agentSession(1, 0);
    session.trace.calls = session.trace.calls.map((call) => testCall({ ...call, operation: 'embeddings' }));
    expect(skipsOf(session)).toEqual(['no model conversation']);
    expect(skipsOf({ trace: testTrace({ trace_id: testId(1, 1) }), messages: new Map() })).toEqual([
      'no model conversation',
    ]);
  });

  it('puts a conversation together that was sent piece by piece', () => {
    const ids = [testId(2, 1), testId(2, 2), testId(2, 3)] as const;
    const edge = { rule: 'response_id', basis: 'recorded', confidence: 1 } as const;
    const instructions: ChatMessage = { role: 'system', parts: [text('Be brief.')] };
    const session: Session = {
      trace: testTrace({
        trace_id: testId(1, 1),
        calls: ids.map((id, index) =>
          testCall({ call_id: id, ...(index === 0 ? {} : { parent_call_id: ids[index - 1] as string, edge }) }),
        ),
      }),
      messages: new Map([
        [ids[0], { request: [instructions, user('Find it.')], response: [says(calls('c1'))] }],
        [ids[1], { request: [instructions, tool(result('c1'))], response: [says(text('Found.'))] }],
        [ids[2], { request: [instructions, user('Thanks')], response: [says(text('Welcome.'))] }],
      ]),
    };
    const rows = rowsOf(session);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.messages.map((message) => message.content)).toEqual([
      'Be brief.',
      'Find it.',
      null,
      'found',
      'Found.',
      'Thanks',
      'Welcome.',
    ]);
  });

  it('keeps the line before a compaction as a conversation of its own', () => {
    const session = agentSession(1, 1);
    const last = session.trace.calls.at(-1) as Call;
    const after = testCall({
      call_id: testId(2, 60),
      parent_call_id: last.call_id,
      edge: { rule: 'tail_overlap', basis: 'inferred', confidence: 0.7 },
    });
    session.trace.calls.push(after);
    session.messages.set(after.call_id, { request: [user('Summary so far.')], response: [says(text('Going on.'))] });
    expect(rowsOf(session).map((row) => row.messages.at(-1)?.content)).toEqual(['It is in file 1.', 'Going on.']);
  });

  it('tells a compaction inside a named session from a longer history', () => {
    const edge = { rule: 'session_header', basis: 'recorded', confidence: 1 } as const;
    const session = agentSession(1, 2);
    for (const [index, call] of session.trace.calls.entries()) {
      call.edge = edge;
      call.usage = { input_tokens: 100 * (index + 1) };
    }
    const last = session.trace.calls.at(-1) as Call;
    const after = testCall({
      call_id: testId(2, 60),
      parent_call_id: last.call_id,
      edge,
      usage: { input_tokens: 50 },
    });
    session.trace.calls.push(after);
    session.messages.set(after.call_id, { request: [user('Summary so far.')], response: [says(text('Going on.'))] });
    expect(rowsOf(session).map((row) => row.messages.at(-1)?.content)).toEqual(['It is in file 1.', 'Going on.']);
    // Fewer tokens, but every message again: another model counts otherwise.
    session.messages.set(after.call_id, {
      request: [
        ...(session.messages.get(last.call_id)?.request ?? []),
        says(text('It is in file 1.')),
        user('And the other?'),
      ],
      response: [says(text('In file 2.'))],
    });
    expect(rowsOf(session).map((row) => row.messages.at(-1)?.content)).toEqual(['In file 2.']);
  });

  it('skips a line whose beginning was not captured', () => {
    const session = agentSession(1, 0);
    for (const messages of session.messages.values()) messages.history_complete = false;
    expect(itemsOf(session)).toEqual([{ skipped: 'what was said before was not captured' }]);
  });

  it('lists a tool that the vendor runs only where it was called', () => {
    const session = agentSession(1, 0);
    for (const call of session.trace.calls) call.tools_offered = [{ name: 'web_search', kind: 'web_search' }];
    expect(rowsOf(session)[0]?.tools).toBeUndefined();
    for (const messages of session.messages.values()) {
      messages.response = [says(calls('s', 'web_search'), result('s'), text('Found.'))];
    }
    expect(rowsOf(session)[0]?.tools).toEqual([{ type: 'function', function: { name: 'web_search' } }]);
  });

  it('names called tools that no request offered, and keeps parallel_tool_calls only beside tools', () => {
    const session = agentSession(1, 1);
    for (const call of session.trace.calls) call.params = { parallel_tool_calls: false };
    expect(rowsOf(session)[0]?.parallel_tool_calls).toBe(false);
    for (const call of session.trace.calls) call.tools_offered = [];
    expect(rowsOf(session)[0]?.tools).toEqual([{ type: 'function', function: { name: 'search' } }]);
    const plain = agentSession(2, 0);
    for (const call of plain.trace.calls)
      Object.assign(call, { params: { parallel_tool_calls: true }, tools_offered: [] });
    expect(Object.keys(rowsOf(plain)[0] ?? {})).toEqual(['messages']);
  });

  it('skips tools that OpenAI does not take', () => {
    const session = agentSession(1, 0);
    for (const call of session.trace.calls) call.tools_offered = [{ name: 'has a space' }];
    expect(skipsOf(session)).toEqual(['a tool name that OpenAI does not accept']);
    for (const call of session.trace.calls) {
      call.tools_offered = Array.from({ length: 129 }, (_, number) => ({ name: `t${number}` }));
    }
    expect(skipsOf(session)).toEqual(['more than 128 tools']);
  });
});

describe('toOpenAiMessages', () => {
  it('puts parallel calls into one message and results directly after, in whatever order they came', () => {
    const messages = converted(
      user('go'),
      says(text('Looking.')),
      says(calls('a')),
      says(calls('b', 'read')),
      { role: 'user', parts: [text('and hurry'), result('b', 'B'), result('a', 'A')] },
      says(text('Done.')),
    );
    expect(messages).toEqual([
      { role: 'user', content: 'go' },
      {
        role: 'assistant',
        content: 'Looking.',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'search', arguments: '{}' } },
          { id: 'b', type: 'function', function: { name: 'read', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'b', content: 'B' },
      { role: 'tool', tool_call_id: 'a', content: 'A' },
      { role: 'user', content: 'and hurry' },
      { role: 'assistant', content: 'Done.' },
    ]);
  });

  it('moves what was said between a call and its result behind the result', () => {
    const messages = converted(user('go'), says(calls('a')), user('wait'), tool(result('a')), says(text('ok')));
    expect(messages.map((message) => message.role)).toEqual(['user', 'assistant', 'tool', 'user', 'assistant']);
  });

  it('carries tools that the vendor ran in the same answer', () => {
    const messages = converted(
      user('go'),
      says(
        text('Searching.'),
        { ...calls('s1'), server: true } as Part,
        result('s1', [{ type: 'text', text: 'hit' }]),
        text('Found.'),
      ),
    );
    expect(messages.map((message) => message.content)).toEqual(['go', 'Searching.', 'hit', 'Found.']);
    expect(breach(messages)).toBeNull();
  });

  it('pairs calls without ids by name and order and gives them ids', () => {
    const messages = converted(
      user('go'),
      says(calls(null, 'read'), calls(null, 'search')),
      tool(result(null, 'S', 'search'), result(null, 'R', 'read')),
      says(text('ok')),
    );
    expect(messages.slice(2, 4)).toEqual([
      { role: 'tool', tool_call_id: 'call_2', content: 'S' },
      { role: 'tool', tool_call_id: 'call_1', content: 'R' },
    ]);
  });

  it('shortens ids that are too long, the same on both sides', () => {
    const id = `call_${'x'.repeat(80)}`;
    const messages = converted(user('go'), says(calls(id)), tool(result(id)), says(text('ok')));
    expect(breach(messages)).toBeNull();
  });

  it('leaves citations out and the words in', () => {
    const cited: Part = { type: 'other', label: 'citations', value: [{ url: 'https://example.com' }] };
    expect(converted(user('go'), says(text('It is '), cited, text('so.'))).at(-1)?.content).toBe('It is so.');
  });

  it('joins the system messages at the head into one', () => {
    const messages = converted(
      { role: 'system', parts: [text('One.')] },
      { role: 'developer', parts: [text('Two.')] },
      user('go'),
      says(text('ok')),
    );
    expect(messages[0]).toEqual({ role: 'system', content: 'One.\n\nTwo.' });
    expect(messages).toHaveLength(3);
  });

  it('wraps the free text of a custom tool, keeps an image by its address', () => {
    const messages = converted(
      { role: 'user', parts: [text('see'), { type: 'media', media: 'image', url: 'https://example.com/a.png' }] },
      says({ type: 'tool_call', id: 'c', name: 'patch', arguments: '*** Begin', kind: 'custom' }),
      tool(result('c')),
      says(text('ok')),
    );
    expect(messages[0]?.content).toEqual([
      { type: 'text', text: 'see' },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    ]);
    expect(messages[1]).toMatchObject({ tool_calls: [{ function: { arguments: '{"input":"*** Begin"}' } }] });
  });

  it.each<[string, string, ChatMessage[]]>([
    [
      'a call that is never answered',
      'a tool call without a result',
      [user('go'), says(calls('a')), says(text('ok')), user('x'), says(text('y'))],
    ],
    [
      'an answer before all results',
      'a tool call without a result',
      [user('go'), says(calls('a'), calls('b')), tool(result('a')), says(text('ok'))],
    ],
    ['a call at the end', 'a tool call without a result', [user('go'), says(text('let me see'), calls('a'))]],
    ['a result out of nowhere', 'a tool result without its call', [user('go'), tool(result('a')), says(text('ok'))]],
    [
      'a second result',
      'a tool result without its call',
      [user('go'), says(calls('a')), tool(result('a'), result('a')), says(text('ok'))],
    ],
    [
      'an answer with reasoning only',
      'does not end with an answer',
      [user('go'), says({ type: 'reasoning', text: 'hm' })],
    ],
    [
      'two calls with one id',
      'two tool calls with the same id',
      [user('go'), says(calls('a'), calls('a')), tool(result('a')), says(text('ok'))],
    ],
    [
      'arguments that do not parse',
      'tool arguments that are not JSON',
      [
        user('go'),
        says({ type: 'tool_call', id: 'a', name: 't', arguments: '{"x', invalid_json: true }),
        tool(result('a')),
        says(text('ok')),
      ],
    ],
    [
      'an image that is not kept',
      'a message with image content that is not kept',
      [{ role: 'user', parts: [text('see'), { type: 'media', media: 'image', bytes: 9 }] }, says(text('ok'))],
    ],
    [
      'a picture in a result',
      'a tool result with media content that is not kept',
      [user('go'), says(calls('a')), tool(result('a', [{ type: 'media', media: 'image' }])), says(text('ok'))],
    ],
    [
      'a part nobody knows',
      'an answer with a part the format cannot carry',
      [user('go'), says({ type: 'other', label: 'compaction', value: {} }, text('ok'))],
    ],
    ['nothing', 'does not end with an answer', []],
  ])('refuses %s', (_name, reason, conversation) => {
    expect(refused(...conversation)).toBe(reason);
  });

  it('never makes an invalid conversation, whatever was said', () => {
    const ids = fc.constantFrom('a', 'b', 'c', null);
    const part = fc.oneof(
      fc.string({ maxLength: 5 }).map(text),
      fc
        .tuple(ids, fc.constantFrom('search', 'read'), fc.dictionary(fc.string({ maxLength: 3 }), fc.integer()))
        .map(([id, name, args]) => calls(id, name, args)),
      fc.tuple(ids, fc.jsonValue({ maxDepth: 2 })).map(([id, value]) => result(id, value as Json, 'search')),
      fc.constant<Part>({ type: 'reasoning', text: 'hm' }),
    );
    const message = fc.record({
      role: fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool'),
      parts: fc.array(part, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(message as fc.Arbitrary<ChatMessage>, { maxLength: 8 }), (conversation) => {
        const done = toOpenAiMessages(conversation);
        if ('messages' in done) expect(breach(done.messages)).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  it('converts every well-formed tool loop', () => {
    const turn = fc.array(fc.constantFrom('search', 'read', 'write'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 5 }), (turns) => {
        const conversation = [user('go')];
        for (const [index, names] of turns.entries()) {
          conversation.push(says(...names.map((name, place) => calls(`${index}-${place}`, name))));
          conversation.push(tool(...names.map((_, place) => result(`${index}-${place}`)).reverse()));
        }
        conversation.push(says(text('done')));
        const messages = converted(...conversation);
        expect(breach(messages)).toBeNull();
        expect(messages.filter((message) => message.role === 'tool')).toHaveLength(turns.flat().length);
      }),
    );
  });
});

describe('what stands in no row', () => {
  it('is counted: an answer that was cut after others, and words that no call was given', () => {
    const session = agentSession(1, 1);
    const [, last] = session.trace.calls as [Call, Call];
    const cut = testCall({
      ...last,
      call_id: testId(2, 60),
      parent_call_id: last.call_id,
      started_at: '2026-11-21T09:40:00.000Z',
      partial: true,
    });
    session.messages.set(cut.call_id, { request: [user('And then?')], response: [says(text('Th'))] });
    session.trace.calls.push(cut);
    session.trace.steps.push({
      step_id: testId(4, 60),
      seq: 60,
      timestamp: '2026-11-21T09:41:00.000Z',
      type: 'message',
      role: 'user',
      content: 'Never mind.',
    });
    const items = itemsOf(session);
    expect(items.filter((item) => 'row' in item)).toHaveLength(1);
    expect(items.flatMap((item) => ('skipped' in item ? [item.skipped] : []))).toEqual([
      'the answer was cut off',
      'said, but no model call was given it',
    ]);
  });
});
