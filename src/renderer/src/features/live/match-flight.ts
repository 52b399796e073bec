import type { InFlight } from '../../../../shared/model/index.js';
import type { Query, QueryNode } from '../../../../shared/query/index.js';
import { splitUrl } from './live-row.js';

/**
 * Whether an exchange under way matches, as far as it is known by now: null where the answer is still to come (a
 * status, tokens, …). What is not yet known is not shown under a filter; it appears when it is stored.
 */
export function matchFlight(query: Query, flight: InFlight): boolean | null {
  return query === null ? true : matchNode(query, flight);
}

function matchNode(node: QueryNode, flight: InFlight): boolean | null {
  switch (node.type) {
    case 'and':
      return all(node.items.map((item) => matchNode(item, flight)));
    case 'or':
      return not(all(node.items.map((item) => not(matchNode(item, flight)))));
    case 'not':
      return not(matchNode(node.item, flight));
    case 'text':
      return [flight.url, flight.client, flight.model ?? ''].some((text) => contains(text, node.text)) || null;
    case 'range':
      return null;
    case 'field': {
      if (node.op !== '=') return null;
      const value = knownFields(flight)[node.field];
      if (value === undefined) return null;
      if (value === null) return node.field === 'session' ? false : null;
      if (node.fieldType === 'contains') return contains(value, node.value.text);
      return node.value.quoted ? value === node.value.text : wildcard(value, node.value.text);
    }
  }
}

function knownFields(flight: InFlight): Record<string, string | null | undefined> {
  return {
    id: flight.exchange_id,
    client: flight.client,
    session: flight.session,
    method: flight.method,
    url: flight.url,
    host: splitUrl(flight.url).host,
    model: flight.model,
  };
}

function all(answers: (boolean | null)[]): boolean | null {
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

function not(answer: boolean | null): boolean | null {
  return answer === null ? null : !answer;
}

function contains(text: string, piece: string): boolean {
  return text.toLowerCase().includes(piece.toLowerCase());
}

/** `gpt*`: each piece between stars must follow the one before. */
function wildcard(text: string, pattern: string): boolean {
  const value = text.toLowerCase();
  const pieces = pattern.toLowerCase().split('*');
  const [first = '', ...rest] = pieces;
  if (rest.length === 0) return value === first;
  const last = rest.pop() ?? '';
  if (!value.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = value.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return value.length - at >= last.length && value.endsWith(last);
}
