export type { Comparison, FieldNode, Query, QueryNode, RangeNode, RawValue, Span, TextNode } from './ast.js';
export { type Completion, completeQuery } from './complete.js';
export type { QueryErrorDetails } from './errors.js';
export { type FieldType, type QueryField, type QueryScope, queryFields, queryScopes } from './fields.js';
export { parseQuery } from './parser.js';
export { printQuery, quote } from './print.js';
export { textsOf } from './texts.js';
export { parseDate, parseDuration, parseNumber, parseSize, type Stretch } from './values.js';
