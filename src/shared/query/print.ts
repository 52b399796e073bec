import type { Query, QueryNode, RawValue } from './ast.js';

/** The query as text again, in one canonical spelling: parsing it gives the same tree. */
export function printQuery(query: Query): string {
  return query === null ? '' : print(query);
}

function print(node: QueryNode): string {
  switch (node.type) {
    case 'text':
      return node.quoted ? quote(node.text) : `${node.text}${node.prefix ? '*' : ''}`;
    case 'field':
      return `${name(node)}${node.op === '=' ? ':' : node.op}${value(node.value)}`;
    case 'range':
      return `${name(node)}:${node.from?.text ?? ''}..${node.to?.text ?? ''}`;
    case 'not':
      return `-${inner(node.item)}`;
    case 'and':
      return node.items.map((item) => (item.type === 'or' ? `(${print(item)})` : print(item))).join(' ');
    case 'or':
      return node.items.map(print).join(' OR ');
    default:
      return node satisfies never;
  }
}

function inner(node: QueryNode): string {
  return node.type === 'and' || node.type === 'or' ? `(${print(node)})` : print(node);
}
function name(node: { field: string; key: string | null }): string {
  return node.key === null ? node.field : `${node.field}.${node.key}`;
}
function value(raw: RawValue): string {
  return raw.quoted ? quote(raw.text) : raw.text;
}

/** A value or phrase in quotation marks, safe to put into any query. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
