import * as z from 'zod';

type Schema = { [keyword: string]: unknown };

/** What servers differ in: OpenAI's strict subset (most others take it too), and Gemini's. */
export type Dialect = 'openai' | 'gemini';

/** Keywords that the strict subset refuses; what they say is checked here when the answer comes. */
const refusedEverywhere = [
  '$schema',
  'default',
  'minLength',
  'maxLength',
  'uniqueItems',
  'propertyNames',
  'contentEncoding',
];
const refusedByGemini = [
  ...refusedEverywhere,
  'additionalProperties',
  'pattern',
  'exclusiveMinimum',
  'exclusiveMaximum',
];

export interface WrittenSchema {
  /** As the shape says it: what is optional is not required. */
  plain: Schema;
  /** Every field required (what may be absent is null instead), none besides. */
  sent: Schema;
  /** False where fields have names that nobody knows beforehand: those no strict schema can say. */
  strict: boolean;
}

/** The JSON schema of a shape, as it is sent. */
export function writtenSchema(shape: z.ZodType, dialect: Dialect): WrittenSchema {
  const plain = z.toJSONSchema(shape, { target: 'draft-7', io: 'input', unrepresentable: 'any' }) as Schema;
  return { plain, sent: closed(plain, dialect) as Schema, strict: !hasOpenNames(plain) };
}

function closed(node: unknown, dialect: Dialect): unknown {
  if (Array.isArray(node)) return node.map((each) => closed(each, dialect));
  if (node === null || typeof node !== 'object') return node;
  const refused = dialect === 'gemini' ? refusedByGemini : refusedEverywhere;
  const written: Schema = {};
  for (const [keyword, value] of Object.entries(node as Schema)) {
    if (refused.includes(keyword) || isSafeBound(keyword, value)) continue;
    // Names of fields are no keywords.
    if (keyword === 'properties' || keyword === 'definitions' || keyword === '$defs')
      written[keyword] = Object.fromEntries(
        Object.entries(value as Schema).map(([name, each]) => [name, closed(each, dialect)]),
      );
    else if (keyword === 'oneOf') written.anyOf = closed(value, dialect);
    else if (keyword === 'const' && dialect === 'gemini') written.enum = [value];
    else if (keyword === 'enum' || keyword === 'const' || keyword === 'required') written[keyword] = value;
    else written[keyword] = closed(value, dialect);
  }
  const properties = (node as Schema).properties as Schema | undefined;
  if (properties !== undefined) {
    const required = new Set(((node as Schema).required as string[] | undefined) ?? []);
    const fields = written.properties as Schema;
    for (const name of Object.keys(properties)) if (!required.has(name)) fields[name] = orNull(fields[name] as Schema);
    written.required = Object.keys(properties);
    if (dialect !== 'gemini') written.additionalProperties = false;
  }
  return written;
}

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

/** The bounds that every integer of zod's has. */
function isSafeBound(keyword: string, value: unknown): boolean {
  return (keyword === 'minimum' || keyword === 'maximum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
}

function hasOpenNames(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasOpenNames);
  if (node === null || typeof node !== 'object') return false;
  const { type, properties, additionalProperties } = node as Schema;
  if (type === 'object' && (properties === undefined || typeof additionalProperties === 'object')) return true;
  return Object.values(node).some(hasOpenNames);
}

/** An answer without the nulls that stand for absent fields, as the shape itself wants it. */
export function withoutNulls(value: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutNulls(each, schema?.items as Schema | undefined));
  if (value === null || typeof value !== 'object' || schema?.properties === undefined) return value;
  const required = new Set((schema.required as string[] | undefined) ?? []);
  const properties = schema.properties as { [name: string]: Schema };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, each]) => each !== null || required.has(name))
      .map(([name, each]) => [
        name,
        withoutNulls(each, Object.hasOwn(properties, name) ? properties[name] : undefined),
      ]),
  );
}
