import type { Example } from '../../src/main/dataset/examples/example.js';
import type { ChatMessage, Json, Part, TokenLogprob } from '../../src/shared/model/index.js';
import { testCall, testId, testTrace } from './traces.js';

export const text = (value: string): Part => ({ type: 'text', text: value });
export const user = (...parts: (Part | string)[]): ChatMessage => ({ role: 'user', parts: parts.map(partOf) });
export const system = (value: string): ChatMessage => ({ role: 'system', parts: [text(value)] });
export const says = (...parts: (Part | string)[]): ChatMessage => ({ role: 'assistant', parts: parts.map(partOf) });
export const thinks = (value: string): Part => ({ type: 'reasoning', text: value });
export const calls = (id: string | null, name = 'search', args: Json = {}): Part => ({
  type: 'tool_call',
  id,
  name,
  arguments: args,
});
export const gives = (id: string | null, result: Json, failed = false): ChatMessage => ({
  role: 'tool',
  parts: [{ type: 'tool_result', tool_call_id: id, result, ...(failed ? { is_error: true } : {}) }],
});
export const image = (url: string, media_type = 'image/png'): Part => ({
  type: 'media',
  media: 'image',
  url,
  media_type,
});

function partOf(part: Part | string): Part {
  return typeof part === 'string' ? text(part) : part;
}

const schema = (name: string) => ({
  type: 'object',
  properties: { [name]: { type: 'string', description: `The ${name}` } },
  required: [name],
});

/** An example of the messages, of which the last is expected; its call offered two tools. */
export function exampleOf(messages: ChatMessage[], fields: Partial<Example> = {}): Example {
  const call = testCall({
    call_id: testId(2, 1),
    tools_offered: [
      { name: 'search', description: 'Searches the code', parameters: schema('query') },
      { name: 'read_file', parameters: schema('path') },
    ],
  });
  const trace = testTrace({ trace_id: testId(1, 1), calls: [call] });
  return { trace, call, messages, expected: messages.length - 1, ...fields };
}

/** What an ordinary agent's session holds: tools called one by one and at once, a failure, reasoning, several questions. */
export function ordinarySession(): ChatMessage[] {
  return [
    system('You are a careful engineer.'),
    user('Where is the port set? 日本語 😀'),
    says(thinks('I should look.'), 'Looking.', calls('call_a', 'search', { query: 'port' })),
    gives('call_a', [{ type: 'text', text: 'src/server.ts:12' }]),
    says(
      calls('call_b', 'read_file', { path: 'src/server.ts' }),
      calls('call_c', 'read_file', { path: 'src/größe.ts' }),
    ),
    gives('call_c', 'no such file', true),
    gives('call_b', { lines: ['const port = 80;'], total: 1 }),
    says('It is in src/server.ts.'),
    user('Thanks. And the host?'),
    says(thinks('Same file.'), 'There too.'),
  ];
}

/** The same with what few layouts expect: instructions that come later, something said beside results, an empty message. */
export function oddSession(): ChatMessage[] {
  return [
    system('Be brief.'),
    system('Answer in English.'),
    user(''),
    user('Find it.'),
    says(thinks('Hm.'), calls(null, 'search', { query: '"quoted" \\ \n tab\t', limits: { depth: 2, kinds: [] } })),
    { role: 'user', parts: [...gives(null, '').parts, text('And hurry.')] },
    { role: 'developer', parts: [text('Tests are frozen from now on.')] },
    says(calls('x'.repeat(60), 'read_file', {}), calls('y', 'search', { query: '' })),
    gives('y', [1, null, { deep: [true] }]),
    gives('x'.repeat(60), '{"ok": true}'),
    says('Found', ' it.'),
  ];
}

export const shownSession = (): ChatMessage[] => [
  user('What is this?', image('https://example.com/a.png'), image('https://example.com/b.png')),
  says('Two diagrams.'),
];

/** Tokens of an answer as vLLM tells them, two candidates at each place. */
export function tokensOf(words: readonly string[]): TokenLogprob[] {
  return words.map((token, index) => ({
    token,
    token_id: index,
    logprob: -0.1,
    top: [
      { token, token_id: index, logprob: -0.1 },
      { token: 'x', token_id: 900 + index, logprob: -2.5 },
    ],
  }));
}

/** An example for every layout of examples: with a worse answer, a label, rated steps and logprobs. */
export function fullExample(messages = ordinarySession()): Example {
  return exampleOf(messages, {
    label: true,
    steps: [
      { text: 'Look for the port.', rating: 1 },
      { text: 'Read a file that is not there.', rating: -1, better: 'Read src/server.ts.' },
      { text: 'Answer.', rating: null },
    ],
    logprobs: tokensOf(['There', ' too', '.']),
  });
}

export function pairExample(messages = ordinarySession()): Example {
  return exampleOf(messages, { rejected: [says('I do not know.')] });
}
