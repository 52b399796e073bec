import type { FieldType } from './fields.js';

/** UTF-16 offsets into the query text; `end` is exclusive. */
export interface Span {
  start: number;
  end: number;
}

export type Comparison = '=' | '>' | '>=' | '<' | '<=';

/** A value as it was written; `quoted` values take `*` literally. */
export interface RawValue {
  text: string;
  quoted: boolean;
  span: Span;
}

/** A word or quoted phrase to be found in the text itself. */
export interface TextNode {
  type: 'text';
  text: string;
  quoted: boolean;
  /** `word*`: every word that starts so. */
  prefix: boolean;
  span: Span;
}

/** `field:value`, `field>=value`. `key` is what follows the dot in `score.judge`. */
export interface FieldNode {
  type: 'field';
  field: string;
  fieldType: FieldType;
  key: string | null;
  op: Comparison;
  value: RawValue;
  span: Span;
}

/** `field:from..to`, both ends included; an open end is null. */
export interface RangeNode {
  type: 'range';
  field: string;
  fieldType: FieldType;
  key: string | null;
  from: RawValue | null;
  to: RawValue | null;
  span: Span;
}

export interface NotNode {
  type: 'not';
  item: QueryNode;
  span: Span;
}
export interface GroupNode {
  type: 'and' | 'or';
  /** At least two. */
  items: QueryNode[];
  span: Span;
}

export type QueryNode = TextNode | FieldNode | RangeNode | NotNode | GroupNode;

/** A parsed query; null is the empty one, which matches everything. */
export type Query = QueryNode | null;
