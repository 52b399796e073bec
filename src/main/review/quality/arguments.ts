import type { Json } from '../../../shared/model/index.js';

type Schema = { [name: string]: Json };

const isObject = (value: Json | undefined): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What is wrong with arguments by a tool's own JSON Schema, in a few words; null for nothing. Looks at the kind of the whole, at
 * required, unknown (where the schema forbids them) and wrongly typed fields and at enums, one level deep: what agents get wrong.
 */
export function argumentProblem(args: Json, schema: Json | undefined): string | null {
  if (!isObject(schema)) return null;
  if (schema['type'] === 'object' && !isObject(args)) return 'arguments are no object';
  if (!isObject(args)) return null;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const missing = required.find((name) => typeof name === 'string' && !Object.hasOwn(args, name));
  if (missing !== undefined) return `${String(missing)} is missing`;
  for (const [name, value] of Object.entries(args)) {
    const field = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (field === undefined) {
      if (schema['additionalProperties'] === false) return `${name} is unknown`;
      continue;
    }
    if (!isObject(field)) continue;
    const types = [field['type']].flat().filter((type) => typeof type === 'string');
    if (types.length > 0 && !types.some((type) => isOf(value, type))) return `${name} is of another type`;
    const { enum: among } = field;
    if (Array.isArray(among) && !among.some((one) => one === value)) return `${name} is none of its values`;
  }
  return null;
}

function isOf(value: Json, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    default:
      // Kinds of schemas that nobody knows forbid nothing.
      return !['string', 'number', 'boolean'].includes(type) || typeof value === type;
  }
}
