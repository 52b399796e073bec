import * as z from 'zod';
import { fromIso, type Json } from '../../shared/model/index.js';

/** A part of a row, as typed files keep it. */
export interface Column {
  name: string;
  /** `json` holds JSON text; `text` a string as it is and any other value as JSON text; `list` and `struct` nest. */
  type: 'string' | 'timestamp' | 'double' | 'int' | 'boolean' | 'json' | 'text' | 'list' | 'struct';
  nullable: boolean;
  description: string;
  /** The elements of a list. */
  of?: Column | undefined;
  /** The fields of a struct, in their order. */
  fields?: Column[] | undefined;
}
export type ColumnType = Column['type'];

export const columnSchema: z.ZodType<Column> = z.object({
  name: z.string(),
  type: z.enum(['string', 'timestamp', 'double', 'int', 'boolean', 'json', 'text', 'list', 'struct']),
  nullable: z.boolean(),
  description: z.string(),
  get of() {
    return columnSchema.optional();
  },
  get fields() {
    return z.array(columnSchema).optional();
  },
});

/**
 * Columns of a row shape, in its order: the one description that all file formats and the dataset card use. Rows of traces keep
 * what nests as JSON text; those of examples nest as far as their shape is fixed (`nested`), so that a trainer has lists and
 * structs where it looks for them. A schema with the meta `{column: 'json'}` is JSON text either way.
 */
export function columnsOf(row: z.ZodObject, { nested }: { nested: boolean }): Column[] {
  return Object.entries(row.shape).map(([name, schema]) => columnOf(name, schema as z.ZodType, nested, []));
}

type Shape = Pick<Column, 'type' | 'of' | 'fields'>;
const json: Shape = { type: 'json' };

function columnOf(name: string, schema: z.ZodType, nested: boolean, above: z.ZodType[]): Column {
  const { inner, nullable } = unwrap(schema);
  const shape = shapeOf(inner, nested, above);
  return {
    name,
    // Any JSON value may be null, which is a null of the column, not the text `null`.
    nullable: nullable || shape.type === 'json',
    description: schema.description ?? inner.description ?? '',
    ...shape,
  };
}

function shapeOf(schema: z.ZodType, nested: boolean, above: z.ZodType[]): Shape {
  if (schema.meta()?.column === 'json' || above.includes(schema)) return json;
  if (schema instanceof z.ZodISODateTime) return { type: 'timestamp' };
  // Ids, enums and literals of text are text.
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat || schema instanceof z.ZodEnum)
    return { type: 'string' };
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(ofLiteral).reduce(merged);
  if (schema instanceof z.ZodNumber) return { type: nested && schema.isInt === true ? 'int' : 'double' };
  if (schema instanceof z.ZodBoolean) return { type: 'boolean' };
  if (!nested) return json;
  const inside = [...above, schema];
  if (schema instanceof z.ZodArray) {
    const of = columnOf('element', schema.element as z.ZodType, nested, inside);
    return of.type === 'json' ? json : { type: 'list', of };
  }
  if (schema instanceof z.ZodObject) {
    const open = schema.def.catchall !== undefined && !(schema.def.catchall instanceof z.ZodNever);
    const fields = Object.entries(schema.shape).map(([name, each]) =>
      columnOf(name, each as z.ZodType, nested, inside),
    );
    return open || fields.length === 0 ? json : { type: 'struct', fields };
  }
  if (schema instanceof z.ZodUnion) {
    const options = schema.options.map((option) => shapeOf(unwrap(option as z.ZodType).inner, nested, inside));
    return options.reduce(merged);
  }
  return json;
}

/** What holds either of two shapes. */
function merged(a: Shape, b: Shape): Shape {
  if (a.type === 'struct' && b.type === 'struct') return { type: 'struct', fields: mergedFields(a, b) };
  if (a.type === 'list' && b.type === 'list') {
    const of = mergedColumn(a.of as Column, b.of as Column);
    return of.type === 'json' ? json : { type: 'list', of };
  }
  if (a.type === b.type) return a;
  if ((a.type === 'int' && b.type === 'double') || (a.type === 'double' && b.type === 'int')) return { type: 'double' };
  const stringly = [a.type, b.type].some((type) => type === 'string' || type === 'text');
  return stringly ? { type: 'text' } : json;
}

function mergedColumn(a: Column, b: Column): Column {
  const { name, description, nullable } = a;
  const shape = merged(a, b);
  return { name, nullable: nullable || b.nullable || shape.type === 'json', description, ...shape };
}

function mergedFields(a: Shape, b: Shape): Column[] {
  const fields = new Map((a.fields as Column[]).map((field) => [field.name, field]));
  const others = new Map((b.fields as Column[]).map((field) => [field.name, field]));
  for (const [name, field] of fields) {
    const other = others.get(name);
    fields.set(name, other === undefined ? { ...field, nullable: true } : mergedColumn(field, other));
  }
  for (const [name, field] of others) if (!fields.has(name)) fields.set(name, { ...field, nullable: true });
  return [...fields.values()];
}

function ofLiteral(value: unknown): Shape {
  if (typeof value === 'string') return { type: 'string' };
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'int' : 'double' };
  return typeof value === 'boolean' ? { type: 'boolean' } : json;
}

function unwrap(schema: z.ZodType): { inner: z.ZodType; nullable: boolean } {
  let inner = schema;
  let nullable = false;
  while (inner instanceof z.ZodNullable || inner instanceof z.ZodOptional) {
    nullable = true;
    inner = inner.unwrap() as z.ZodType;
  }
  return { inner, nullable };
}

/** A cell as typed files hold it. */
export type Cell = string | number | bigint | boolean | null | Cell[] | { [field: string]: Cell };

/** JSON text, microseconds, or the value itself; lists and structs of these. */
export function cell(column: Column, value: Json | undefined): Cell {
  if (value === undefined || value === null) return null;
  switch (column.type) {
    case 'json':
      return jsonText(value);
    case 'text':
      return typeof value === 'string' ? value.toWellFormed() : jsonText(value);
    case 'timestamp':
      return BigInt(Math.round(fromIso(value as string)));
    case 'int':
      return BigInt(value as number);
    case 'string':
      return (value as string).toWellFormed();
    case 'double':
      return value as number;
    case 'boolean':
      return value as boolean;
    case 'list':
      return (value as Json[]).map((each) => cell(column.of as Column, each));
    case 'struct': {
      const fields: { [field: string]: Cell } = {};
      for (const field of column.fields as Column[])
        fields[field.name] = cell(field, (value as { [name: string]: Json })[field.name]);
      return fields;
    }
    default:
      return column.type satisfies never;
  }
}

/**
 * JSON text that every reader takes: half of a surrogate pair, which JSON.stringify would write as an escape that is
 * no valid Unicode, becomes U+FFFD.
 */
export function jsonText(value: Json): string {
  const text = JSON.stringify(value);
  // JSON.stringify writes such an escape in lower case; most texts have none, and looking for a text is much faster than for a pattern.
  return text.includes('\\ud') && /\\ud[89a-f]/.test(text) ? JSON.stringify(wellFormed(value)) : text;
}

function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]));
}
