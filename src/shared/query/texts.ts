import type { Query, TextNode } from './ast.js';

/** The words and phrases that a match of the query may hold; what it must not hold is left out. */
export function textsOf(node: Query): TextNode[] {
  switch (node?.type) {
    case 'text':
      return [node];
    case 'and':
    case 'or':
      return node.items.flatMap(textsOf);
    default:
      return [];
  }
}
