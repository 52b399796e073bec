import type { WireCase } from '../../support/wire-exchanges.js';
import type { Random } from './random.js';

/** One way to harm a body. */
export type Mutation = (bytes: Buffer, random: Random, wire: WireCase) => Buffer;

export const mutations = {
  flip(bytes, random) {
    const copy = Buffer.from(bytes);
    for (let left = 1 + random.below(8); left > 0 && copy.length > 0; left--) {
      const at = random.below(copy.length);
      copy[at] = (copy[at] as number) ^ (1 << random.below(8));
    }
    return copy;
  },
  noise(bytes, random) {
    const copy = Buffer.from(bytes);
    const at = random.below(copy.length + 1);
    for (let left = random.below(32); left > 0; left--)
      if (at + left < copy.length) copy[at + left] = random.below(256);
    return copy;
  },
  cut: (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  hole(bytes, random) {
    const from = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random.below(200))]);
  },
  duplicate: (bytes, random, wire) => reordered(bytes, random, wire, 'duplicate'),
  reorder: (bytes, random, wire) => reordered(bytes, random, wire, 'reorder'),
  drop: (bytes, random, wire) => reordered(bytes, random, wire, 'drop'),
  /** Another value where one stood: an object for a text, a list for a number, nothing at all. */
  retype(bytes, random) {
    const text = bytes.toString('utf8');
    const spans = [...text.matchAll(/:\s?("(?:[^"\\]|\\.){0,200}"|-?\d[\d.e+-]*|true|false|null|\{\}|\[\]|[[{])/g)];
    if (spans.length === 0) return bytes;
    const span = random.pick(spans);
    const from = span.index + span[0].length - (span[1] as string).length;
    const end = from + (span[1] as string).length;
    // An opening bracket keeps what is behind it, so that the text stays JSON where it can.
    const value = /^[[{]$/.test(span[1] as string) ? `{"x":1,"y":${span[1]}` : random.pick(strangers);
    return Buffer.from(text.slice(0, from) + value + text.slice(end), 'utf8');
  },
  /** Nested deeper than any call stack. */
  deep(bytes, random) {
    const text = bytes.toString('utf8');
    const quotes = [...text.matchAll(/:\s?"(?:[^"\\]|\\.){0,200}"/g)];
    if (quotes.length === 0) return bytes;
    const at = random.pick(quotes);
    const depth = random.pick([10, 200, 1000, 3000]);
    const [open, close] = random.pick([
      ['[', ']'],
      ['{"a":', '}'],
      ['{"content":[', ']}'],
    ] as const);
    const deep = `:${open.repeat(depth)}1${close.repeat(depth)}`;
    return Buffer.from(text.slice(0, at.index) + deep + text.slice(at.index + at[0].length), 'utf8');
  },
  /** A key that objects have already, or one that no format knows. */
  rename(bytes, random) {
    const text = bytes.toString('utf8');
    const keys = [...text.matchAll(/"[A-Za-z_]{1,40}":/g)];
    if (keys.length === 0) return bytes;
    const at = random.pick(keys);
    return Buffer.from(
      `${text.slice(0, at.index)}"${random.pick(names)}":${text.slice(at.index + at[0].length)}`,
      'utf8',
    );
  },
} satisfies Record<string, Mutation>;

const strangers = [
  'null',
  'true',
  '0',
  '-1',
  '1e308',
  '9007199254740993',
  '""',
  '"__proto__"',
  '"\\ud800"',
  '"{\\"a\\":"',
  '[]',
  '[null]',
  '[[[]]]',
  '{}',
  '{"__proto__":{"x":1}}',
  '{"type":"text"}',
  '["text",1,{"type":null}]',
];
const names = [
  '__proto__',
  'constructor',
  'toString',
  'length',
  'index',
  'type',
  'id',
  'error',
  'content',
  'unheard_of',
];

function reordered(bytes: Buffer, random: Random, wire: WireCase, how: 'duplicate' | 'reorder' | 'drop'): Buffer {
  const events = eventsOf(bytes, wire.responseType);
  if (events.length < 2) return bytes;
  const at = random.below(events.length);
  const [event] = how === 'duplicate' ? [events[at] as Buffer] : (events.splice(at, 1) as [Buffer]);
  if (how !== 'drop') events.splice(random.below(events.length + 1), 0, event);
  return Buffer.concat(events);
}

/** The events of a stream, each with its own end, so that they can be put together again. */
export function eventsOf(bytes: Buffer, type: string): Buffer[] {
  if (type.startsWith('application/vnd.amazon')) {
    const events: Buffer[] = [];
    for (let at = 0; at + 4 <= bytes.length; ) {
      const end = at + Math.max(16, bytes.readUInt32BE(at));
      events.push(bytes.subarray(at, end));
      at = end;
    }
    return events;
  }
  const separator =
    type === 'text/event-stream' ? /(?<=\r?\n\r?\n)(?=\S)/ : type === 'application/x-ndjson' ? /(?<=\n)/ : null;
  if (separator === null) return [bytes];
  return bytes
    .toString('utf8')
    .split(separator)
    .map((text) => Buffer.from(text, 'utf8'));
}
