import * as z from 'zod';
import { fromIso, type Json } from '../../shared/model/index.js';

export const columnSchema = z.object({
  name: z.string(),
  /** How a column is kept in a typed file. `json` columns hold JSON text. */
  type: z.enum(['string', 'timestamp', 'double', 'boolean', 'json']),
  nullable: z.boolean(),
  description: z.string(),
});
export type Column = z.infer<typeof columnSchema>;
export type ColumnType = Column['type'];

/** Columns of a row shape, in its order: the one description that all file formats and the dataset card use. */
export function columnsOf(row: z.ZodObject): Column[] {
  return Object.entries(row.shape).map(([name, schema]) => {
    const { inner, nullable } = unwrap(schema as z.ZodType);
    const type = columnType(inner);
    return {
      name,
      type,
      // Any JSON value may be null, which is a null of the column, not the text `null`.
      nullable: nullable || type === 'json',
      description: (schema as z.ZodType).description ?? inner.description ?? '',
    };
  });
}

/** A cell as typed files hold it: JSON text, microseconds, or the value itself. */
export function cell(column: Column, value: Json | undefined): string | number | bigint | boolean | null {
  if (value === undefined || value === null) return null;
  switch (column.type) {
    case 'json':
      return jsonText(value);
    case 'timestamp':
      return BigInt(Math.round(fromIso(value as string)));
    case 'string':
      return (value as string).toWellFormed();
    case 'double':
      return value as number;
    case 'boolean':
      return value as boolean;
  }
}

/**
 * JSON text that every reader takes: half of a surrogate pair, which JSON.stringify would write as an escape that is
 * no valid Unicode, becomes U+FFFD.
 */
export function jsonText(value: Json): string {
  const text = JSON.stringify(value);
  return /\\ud[89a-f]/i.test(text) ? JSON.stringify(wellFormed(value)) : text;
}

function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]));
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

function columnType(schema: z.ZodType): ColumnType {
  if (schema instanceof z.ZodISODateTime) return 'timestamp';
  // Ids, enums and literals of text are text.
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat || schema instanceof z.ZodEnum)
    return 'string';
  if (schema instanceof z.ZodLiteral && typeof schema.value === 'string') return 'string';
  if (schema instanceof z.ZodNumber) return 'double';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  return 'json';
}
