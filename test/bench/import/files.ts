import { Random } from '../fuzz/random.js';
import { agentTexts } from '../redaction/agent-texts.js';

/** Everything is made up, and the same for the same seed. */
const seed = 7;
const started = Date.parse('2026-03-02T08:00:00Z');

function texts(random: Random): (chars: number) => string {
  const makers = Object.values(agentTexts);
  return (chars) => {
    let text = '';
    while (text.length < chars) text += `${random.pick(makers)(random)}\n`;
    return text.slice(0, chars);
  };
}

/** A session file of Claude Code of about `bytes` bytes: questions, answers of several lines, files that were read. */
export function* sessionLines(bytes: number): Generator<string> {
  const random = new Random(seed);
  const text = texts(random);
  let size = 0;
  let number = 0;
  let parent: string | null = null;
  const line = (type: string, message: object): string => {
    number += 1;
    const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    const written = `${JSON.stringify({
      parentUuid: parent,
      isSidechain: false,
      userType: 'external',
      cwd: '/home/dev/orchard',
      sessionId: '5e551017-0000-4000-8000-000000000001',
      version: '2.1.300',
      gitBranch: 'main',
      type,
      message,
      uuid,
      timestamp: new Date(started + number * 2000).toISOString(),
    })}\n`;
    parent = uuid;
    size += Buffer.byteLength(written);
    return written;
  };
  const answer = (id: string, block: object, stop: string | null) =>
    line('assistant', {
      id,
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [block],
      stop_reason: stop,
      usage: { input_tokens: 4, cache_read_input_tokens: 60_000, output_tokens: 200 },
    });
  for (let call = 0; size < bytes; call += 1) {
    if (call % 20 === 0) yield line('user', { role: 'user', content: text(60 + random.below(600)) });
    const id = `msg_${String(call).padStart(8, '0')}`;
    const tool = `toolu_${String(call).padStart(8, '0')}`;
    yield answer(id, { type: 'text', text: text(40 + random.below(800)) }, null);
    const input = { file_path: `/home/dev/orchard/src/part-${random.below(900)}.ts`, offset: random.below(2000) };
    yield answer(id, { type: 'tool_use', id: tool, name: 'Read', input }, 'tool_use');
    // Most results are short, some are whole files.
    const content = text(random.below(10) === 0 ? 20_000 + random.below(100_000) : 200 + random.below(6000));
    yield line('user', { role: 'user', content: [{ type: 'tool_result', tool_use_id: tool, content }] });
  }
}

/** So many conversations of a question and its answer, one a line. */
export function* chatLines(count: number): Generator<string> {
  const random = new Random(seed);
  const text = texts(random);
  for (let number = 0; number < count; number += 1) {
    const messages = [
      { role: 'user', content: `${number}: ${text(40 + random.below(200))}` },
      { role: 'assistant', content: text(40 + random.below(400)) },
    ];
    yield `${JSON.stringify({ messages })}\n`;
  }
}
