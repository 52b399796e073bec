import { randomBytes } from 'node:crypto';
import { readExchange } from '../../../src/main/decode/index.js';
import { createRedactor, defaultPolicy } from '../../../src/main/redact/index.js';
import type { CapturedExchange } from '../../../src/shared/model/index.js';
import { Random } from '../fuzz/random.js';
import { negativeMakers } from './negatives.js';
import { personalMakers } from './personal.js';
import { secretMakers } from './secrets.js';
import { textPlacements } from './texts.js';
import { characters } from './values.js';
import { exchangeOf, pieces, streamWires, urls } from './wires.js';

/** One text in so many holds something to find. */
const sparse = 12;

const nouns = ['request', 'buffer', 'session', 'index', 'result', 'handler', 'config', 'message', 'cursor', 'shard'];
const verbs = ['reads', 'writes', 'keeps', 'drops', 'merges', 'checks', 'sorts', 'renders', 'parses', 'retries'];

function prose(random: Random): string {
  const sentence = () =>
    `The ${random.pick(nouns)} ${random.pick(verbs)} the ${random.pick(nouns)} before it ${random.pick(verbs)} every ${random.pick(nouns)} of the ${random.pick(nouns)}.`;
  return Array.from({ length: 4 + random.below(8) }, sentence).join(' ');
}

function source(random: Random): string {
  const line = () => {
    const [a, b, c] = [random.pick(nouns), random.pick(nouns), random.pick(verbs)];
    return random.pick([
      `  const ${a} = await this.${c}(${b}, { limit: ${random.below(500)} });`,
      `  if (${a}.${b} === undefined || ${a}.size > ${random.below(9999)}) return null;`,
      `import { ${a}, ${b} } from './${c}/${a}.js';`,
      `    for (const ${a} of ${b}s) out.push(${c}(${a}, "${b}-${random.below(99)}"));`,
      `  /** ${a} that ${c} the ${b}, in bytes. */`,
      '  }',
      '',
    ]);
  };
  return Array.from({ length: 30 + random.below(60) }, line).join('\n');
}

/** The history of a coding agent: prose, code, results and calls, a few values in them, nothing said twice. */
function conversation(random: Random, size: number): unknown[] {
  const messages: unknown[] = [];
  const kinds = Object.keys(negativeMakers);
  const makers = [...secretMakers, ...personalMakers];
  for (let length = 0; length < size; ) {
    let text = random.below(3) === 0 ? prose(random) : source(random);
    if (random.below(3) === 0)
      text += `\n${(negativeMakers[random.pick(kinds)] as (random: Random) => string)(random)}`;
    if (random.below(sparse) === 0) {
      const value = random.pick(makers)[0](random);
      const { takes, text: write } = random.pick(Object.values(textPlacements));
      if (takes?.(value) !== false) text += `\n${write(value, random)}`;
    }
    length += text.length;
    const id = `call_${characters('w', 24, random)}`;
    messages.push(
      random.pick([
        { role: 'user', content: text },
        { role: 'assistant', content: text },
        { role: 'tool', tool_call_id: id, content: text },
        {
          role: 'assistant',
          tool_calls: [
            {
              id,
              type: 'function',
              function: { name: 'write', arguments: JSON.stringify({ path: 'src/a.ts', content: text }) },
            },
          ],
        },
      ]),
    );
  }
  return messages;
}

/** Typical traffic: requests with a long history, answers as a stream. About `bytes` of it. */
export function traffic(bytes: number, seed: number): CapturedExchange[] {
  const random = new Random(seed);
  const out: CapturedExchange[] = [];
  for (let size = 0; size < bytes; ) {
    const request = JSON.stringify({
      model: 'gpt-5.1',
      stream: true,
      messages: conversation(random, 20_000 + random.below(120_000)),
    });
    const answer = random.below(2) === 0 ? source(random) : prose(random);
    const stream = streamWires['sse openai text']?.(pieces(answer, 2, random), random);
    const exchange = exchangeOf({ ...stream, url: urls.chat, request }, random);
    size += exchange.request.body.length + (exchange.response?.body.length ?? 0);
    out.push(exchange);
  }
  return out;
}

export interface Speed {
  /** Megabytes of traffic, as captured. */
  megabytes: number;
  /** Through reading and redacting, by the processor time of this process. */
  mb_per_second: number;
  /** The same calls resent with a longer history, as agents do. */
  mb_per_second_resent: number;
}

/** Processor time rather than the clock's: what else runs on the machine does not count. */
export function speed(seed: number, bytes = 24_000_000): Speed {
  const exchanges = traffic(bytes, seed);
  const megabytes =
    exchanges.reduce((sum, { request, response }) => sum + request.body.length + (response?.body.length ?? 0), 0) / 1e6;
  const redactor = createRedactor({ policy: defaultPolicy, key: randomBytes(32) });
  for (const exchange of traffic(2_000_000, seed + 1)) redactor.exchange(readExchange(exchange));
  const run = (list: readonly CapturedExchange[]) => {
    const before = process.cpuUsage();
    for (const exchange of list) redactor.exchange(readExchange(exchange));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  const first = run(exchanges);
  const tail = exchanges.slice(-20);
  const tailBytes =
    tail.reduce((sum, { request, response }) => sum + request.body.length + (response?.body.length ?? 0), 0) / 1e6;
  return { megabytes, mb_per_second: megabytes / first, mb_per_second_resent: tailBytes / run(tail) };
}
