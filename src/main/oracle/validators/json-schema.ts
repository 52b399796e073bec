import type { JsonSchema } from '../domains/domain.js';

/** What domains' schemas are made of; another keyword would be passed over without a word, so it is refused. */
interface Schema {
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  const?: unknown;
  enum?: readonly unknown[];
  pattern?: string;
  format?: 'date' | 'date-time';
  minLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  properties?: { [name: string]: Schema };
  required?: readonly string[];
  additionalProperties?: false;
}
const keywords: { readonly [K in keyof Required<Schema>]: true } = {
  type: true,
  const: true,
  enum: true,
  pattern: true,
  format: true,
  minLength: true,
  minimum: true,
  maximum: true,
  items: true,
  properties: true,
  required: true,
  additionalProperties: true,
};

const formats = {
  date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
};
const patterns = new Map<string, RegExp>();
const known = new WeakSet<object>();

/** What of a value does not fit a tool's schema (JSON Schema 2020-12, the keywords that domains use). Throws TypeError where it has others. */
export function schemaProblems(schema: JsonSchema, value: unknown): string[] {
  const problems: string[] = [];
  check(schema as Schema, value, '', problems);
  return problems;
}

function check(schema: Schema, value: unknown, at: string, problems: string[]): void {
  if (!known.has(schema)) {
    const strange = Object.keys(schema).find((key) => !Object.hasOwn(keywords, key));
    if (strange !== undefined) throw new TypeError(`a tool's schema says ${strange}, which nobody checks`);
    known.add(schema);
  }
  const say = (what: string) => problems.push(`${at === '' ? 'the whole' : at} ${what}`);
  if (schema.type !== undefined && !isOf(schema.type, value)) {
    say(`must be ${schema.type}`);
    return;
  }
  if (schema.const !== undefined && value !== schema.const) say(`must be ${JSON.stringify(schema.const)}`);
  if (schema.enum !== undefined && !schema.enum.includes(value)) say(`must be one of ${schema.enum.join(', ')}`);
  if (typeof value === 'string') {
    if (schema.pattern !== undefined && !patternOf(schema.pattern).test(value)) say(`must match ${schema.pattern}`);
    if (schema.format !== undefined && !formats[schema.format].test(value)) say(`must be a ${schema.format}`);
    if (schema.minLength !== undefined && value.length < schema.minLength) say('must not be empty');
  } else if (typeof value === 'number') {
    if (schema.minimum !== undefined && value < schema.minimum) say(`must be at least ${schema.minimum}`);
    if (schema.maximum !== undefined && value > schema.maximum) say(`must be at most ${schema.maximum}`);
  } else if (Array.isArray(value)) {
    if (schema.items !== undefined)
      for (const [index, each] of value.entries()) check(schema.items, each, `${at}[${index}]`, problems);
  } else if (typeof value === 'object' && value !== null) {
    const { properties = {}, required = [] } = schema;
    for (const name of required) if (!Object.hasOwn(value, name)) say(`must have ${name}`);
    for (const [name, each] of Object.entries(value)) {
      const of = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (of !== undefined) check(of, each, at === '' ? name : `${at}.${name}`, problems);
      else if (schema.additionalProperties === false) say(`must not have ${name}`);
    }
  }
}

function isOf(type: NonNullable<Schema['type']>, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value);
  return typeof value === type;
}

function patternOf(text: string): RegExp {
  const pattern = patterns.get(text) ?? new RegExp(text, 'u');
  patterns.set(text, pattern);
  return pattern;
}
