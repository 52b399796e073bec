import type { GoldTrace } from '../../../shared/model/gold-trace.js';
import { queryError } from '../../../shared/query/errors.js';
import {
  type FieldNode,
  parseNumber,
  parseQuery,
  type Query,
  type RangeNode,
  type RawValue,
} from '../../../shared/query/index.js';

export type Matches = (trace: GoldTrace) => boolean;

/** What a trace of a run has of the fields that traces of the store are asked for. */
const fields: { [name: string]: (trace: GoldTrace) => readonly string[] | number } = {
  kind: () => ['gold'],
  client: ({ generator }) => (generator === undefined ? [] : [`oracle/${generator}`]),
  domain: (trace) => [trace.request.domain, domainOf(trace)],
  scenario: (trace) => [`${domainOf(trace)}.${trace.request.intent ?? trace.request.intent_category}`],
  tool: ({ graph }) => graph.calls.map(({ tool_id }) => tool_id),
  title: ({ request }) => [request.text],
  calls: ({ graph }) => graph.calls.length,
  tool_calls: ({ graph }) => graph.calls.length,
};

const domainOf = ({ graph }: GoldTrace): string => graph.calls[0]?.tool_id.split('.')[0] ?? '';

/**
 * A query of the one language, for traces that lie in files: words and phrases are looked for in the request.
 * @throws SluiceError `query_invalid`, also where it asks for what only the store knows
 */
export function matchesOf(text: string): Matches {
  return matcher(parseQuery(text, 'traces'), text);
}

function matcher(query: Query, source: string): Matches {
  if (query === null) return () => true;
  switch (query.type) {
    case 'and': {
      const all = query.items.map((item) => matcher(item, source));
      return (trace) => all.every((each) => each(trace));
    }
    case 'or': {
      const any = query.items.map((item) => matcher(item, source));
      return (trace) => any.some((each) => each(trace));
    }
    case 'not': {
      const not = matcher(query.item, source);
      return (trace) => !not(trace);
    }
    case 'text': {
      const wanted = wordsOf(query.text);
      return ({ request }) => saysInOrder(wordsOf(request.text), wanted, query.prefix);
    }
    default:
      return ofField(query, source);
  }
}

function ofField(node: FieldNode | RangeNode, source: string): Matches {
  const read = fields[node.field];
  if (read === undefined)
    throw queryError(
      source,
      node.span,
      `A run’s files do not know ${node.field}: ask for it once they are in the store.`,
      [...Object.keys(fields)],
    );
  if (node.fieldType === 'number') {
    const fits = numbers(node);
    return (trace) => fits(read(trace) as number);
  }
  if (node.type === 'range') throw queryError(source, node.span, `${node.field} has no order.`);
  const { value, fieldType } = node;
  const like = fieldType === 'contains' ? { text: `*${value.text}*`, quoted: false } : value;
  return (trace) => (read(trace) as readonly string[]).some((each) => isLike(each, like));
}

function numbers(node: FieldNode | RangeNode): (value: number) => boolean {
  const of = (value: RawValue | null, open: number) =>
    value === null ? open : (parseNumber(value.text) ?? Number.NaN);
  if (node.type === 'range') {
    const [from, to] = [of(node.from, Number.NEGATIVE_INFINITY), of(node.to, Number.POSITIVE_INFINITY)];
    return (value) => value >= from && value <= to;
  }
  const wanted = of(node.value, Number.NaN);
  switch (node.op) {
    case '>':
      return (value) => value > wanted;
    case '>=':
      return (value) => value >= wanted;
    case '<':
      return (value) => value < wanted;
    case '<=':
      return (value) => value <= wanted;
    default:
      return (value) => value === wanted;
  }
}

/** Compared as a whole, in any case; `*` stands for whatever there is. Looks at each place once, however many there are. */
function isLike(value: string, { text, quoted }: Pick<RawValue, 'text' | 'quoted'>): boolean {
  const [whole, pattern] = [value.toLowerCase(), text.toLowerCase()];
  if (quoted || !pattern.includes('*')) return whole === pattern;
  const parts = pattern.split('*');
  const [first, last] = [parts[0] as string, parts.at(-1) as string];
  if (!whole.startsWith(first) || !whole.endsWith(last) || whole.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = whole.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= whole.length - last.length;
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** @param prefix the last of the words may go on */
function saysInOrder(words: readonly string[], wanted: readonly string[], prefix: boolean): boolean {
  if (wanted.length === 0) return false;
  return words.some((_, from) =>
    wanted.every((word, place) =>
      prefix && place === wanted.length - 1
        ? words[from + place]?.startsWith(word) === true
        : words[from + place] === word,
    ),
  );
}
