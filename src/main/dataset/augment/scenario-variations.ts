import type { ChatMessage, Json } from '../../../shared/model/index.js';
import type { Dice } from '../../ground/dice.js';
import type { Example } from '../examples/example.js';
import { type Augmenter, derived } from './augmenter.js';
import { misfit } from './tool-schema.js';

/** Names that stand for a part of any project. */
const names =
  'scheduler ledger catalog harbor beacon quarry meadow lantern pebble timber anchor willow copper falcon orchard summit'.split(
    ' ',
  );
/** Names that mean something to tools and people: another in their place would be another thing. */
const common = new Set(
  'src lib test tests main index app docs data tmp home user users usr bin etc var node_modules package readme license config settings build dist public assets utils common core server client api'.split(
    ' ',
  ),
);
const mostSwaps = 3;

/**
 * The same example with other names: what the files and things in its arguments are called is swapped in every message, argument,
 * result and path. An example in which a swap would leave a trace of the old name, or break a tool’s schema, is not made.
 */
export const scenarioVariations = {
  id: 'scenario-variations',
  title: 'Scenario variations',
  description: 'The same example with other names of files and things, swapped everywhere in it and checked.',
  kind: 'made',
  *derive(example, dice) {
    if (example.steps !== undefined) {
      yield { skipped: 'what people said of its steps names them as they were' };
      return;
    }
    const swaps = swapsFor(example, dice);
    if (swaps.size === 0) {
      yield { skipped: 'nothing in its arguments has a name that can be swapped' };
      return;
    }
    const messages = example.messages.map((message) => swapped(message, swaps));
    const rejected = example.rejected?.map((message) => swapped(message, swaps));
    const problem = problemOf(example, [...messages, ...(rejected ?? [])], swaps);
    if (problem !== null) yield { skipped: problem };
    else
      yield derived(
        example,
        'scenario-variations',
        'other names',
        { swapped: Object.fromEntries(swaps) },
        {
          messages,
          // The tokens on the wire spell the old names.
          logprobs: [],
          ...(rejected === undefined ? {} : { rejected }),
        },
      );
  },
} satisfies Augmenter;

/** The old names in lower case, each with a new one. */
function swapsFor(example: Example, dice: Dice): Map<string, string> {
  const text = JSON.stringify(example.messages).toLowerCase();
  const found = new Set<string>();
  for (const { parts } of example.messages)
    for (const part of parts)
      if (part.type === 'tool_call') for (const name of namesIn(part.arguments)) found.add(name);
  // What people said too is what the example is about; names of tools and their fields are no scenery.
  const fixed = JSON.stringify(example.call.tools_offered).toLowerCase();
  const userText = example.messages
    .filter(({ role }) => role === 'user')
    .flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? [part.text.toLowerCase()] : [])))
    .join('\n');
  const wanted = [...found].filter((name) => !fixed.includes(name) && wordAt(userText, name));
  const free = names.filter((name) => !text.includes(name));
  const swaps = new Map<string, string>();
  for (const name of wanted.sort().slice(0, mostSwaps)) {
    if (free.length === 0) break;
    const replacement = dice.pick(free);
    free.splice(free.indexOf(replacement), 1);
    swaps.set(name, replacement);
  }
  return swaps;
}

/** Words of file names in arguments: of `src/token_parser.ts` it is `parser` and `token`. */
function namesIn(value: Json): string[] {
  if (typeof value === 'string')
    return [...value.matchAll(/[\w-]+(?=\.[a-z]{1,5}\b)/gi)].flatMap(([stem]) =>
      stem
        .replace(/([a-z])([A-Z])/g, '$1 $2')
        .toLowerCase()
        .split(/[\s_-]+/)
        .filter((word) => /^[a-z]{5,}$/.test(word) && !common.has(word)),
    );
  if (Array.isArray(value)) return value.flatMap(namesIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namesIn) : [];
}

function wordAt(text: string, word: string): boolean {
  return new RegExp(`(?<![a-z])${word}`, 'i').test(text);
}

/** Parts with every text in them changed, keys of objects too. */
function swapped(message: ChatMessage, swaps: ReadonlyMap<string, string>): ChatMessage {
  return swapIn(message as unknown as Json, swaps) as unknown as ChatMessage;
}

/** Fields that name how a message is built, not what it says. */
const structural = new Set(['role', 'type', 'id', 'tool_call_id', 'kind', 'phase', 'media_type', 'sha256']);

function swapIn(value: Json, swaps: ReadonlyMap<string, string>, isWord = true): Json {
  if (typeof value === 'string') return isWord ? swapText(value, swaps) : value;
  if (Array.isArray(value)) return value.map((each) => swapIn(each, swaps, isWord));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      swapIn(inner, swaps, !structural.has(key) || typeof inner === 'object'),
    ]),
  );
}

/** In the letters that the old name had: `Parser` becomes `Beacon`, `PARSER` becomes `BEACON`. */
function swapText(text: string, swaps: ReadonlyMap<string, string>): string {
  let out = text;
  for (const [from, to] of swaps)
    out = out.replace(new RegExp(from, 'gi'), (found) => {
      if (found === found.toUpperCase()) return to.toUpperCase();
      return found[0] === found[0]?.toUpperCase() ? `${to[0]?.toUpperCase()}${to.slice(1)}` : to;
    });
  return out;
}

function problemOf(
  example: Example,
  messages: readonly ChatMessage[],
  swaps: ReadonlyMap<string, string>,
): string | null {
  const text = JSON.stringify(messages.map(({ parts }) => parts)).toLowerCase();
  for (const from of swaps.keys()) if (text.includes(from)) return 'a name would stay where it is no text';
  for (const { parts } of messages)
    for (const part of parts) {
      if (part.type !== 'tool_call') continue;
      // What did not fit before was the agent's own.
      const was = original(example, part.id);
      if (was !== undefined && misfit(example, part.name, was) !== null) continue;
      const problem = misfit(example, part.name, part.arguments);
      if (problem !== null) return `the tool ${part.name} would not take the arguments (${problem})`;
    }
  return null;
}

function original(example: Example, id: string | null): Json | undefined {
  for (const { parts } of example.messages)
    for (const part of parts) if (part.type === 'tool_call' && part.id === id) return part.arguments;
  return undefined;
}
