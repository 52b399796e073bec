import type { Json } from './model/index.js';

/** Problems that are named at most, and how deep is looked. */
const [mostProblems, deepest] = [20, 20];

/**
 * Where arguments do not fit a tool's JSON Schema: types, required and unknown fields, enums, constants, list items and bounds of
 * numbers and lengths. What else a schema may say (references, conditions, formats) is not looked at: this is the hint while somebody
 * types, in a page that may not compile a schema; what holds is what the engine says (`argumentProblems` of main/ground).
 * @returns one sentence for each place, `arguments.path`: what is wrong; empty where they fit or there is no schema
 */
export function argumentProblems(schema: Json | undefined, args: Json): string[] {
  const problems: string[] = [];
  look(schema, args, 'arguments', problems, 0);
  return problems.slice(0, mostProblems);
}

function look(schema: Json | undefined, value: Json, path: string, problems: string[], depth: number): void {
  if (!isObject(schema) || depth > deepest || problems.length > mostProblems) return;
  const { type, enum: allowed, const: only, anyOf, oneOf } = schema;
  const choices = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : null;
  if (choices !== null && !choices.some((choice) => fits(choice, value, depth))) {
    problems.push(`${path}: fits none of the ${choices.length} forms it may have.`);
  }
  const types = (Array.isArray(type) ? type : [type]).filter((each) => typeof each === 'string');
  if (types.length > 0 && !types.some((each) => isOf(each as string, value))) {
    problems.push(`${path}: is ${typeOf(value)}, not ${types.join(' or ')}.`);
    return;
  }
  if (Array.isArray(allowed) && !allowed.some((each) => same(each, value))) {
    problems.push(
      `${path}: is none of ${allowed
        .slice(0, 10)
        .map((each) => JSON.stringify(each))
        .join(', ')}.`,
    );
  }
  if (only !== undefined && !same(only, value)) problems.push(`${path}: is not ${JSON.stringify(only)}.`);
  bounds(schema, value, path, problems);
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) look(schema['items'], each, `${path}[${index}]`, problems, depth + 1);
    return;
  }
  if (!isObject(value)) return;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  for (const name of required) {
    if (typeof name === 'string' && !Object.hasOwn(value, name)) problems.push(`${path}.${name}: is missing.`);
  }
  for (const [name, each] of Object.entries(value)) {
    if (Object.hasOwn(properties, name)) look(properties[name], each, `${path}.${name}`, problems, depth + 1);
    else if (schema['additionalProperties'] === false) problems.push(`${path}.${name}: is not a field of the tool.`);
    else look(schema['additionalProperties'], each, `${path}.${name}`, problems, depth + 1);
  }
}

function bounds(schema: { [key: string]: Json }, value: Json, path: string, problems: string[]): void {
  const size =
    typeof value === 'number' ? value : typeof value === 'string' || Array.isArray(value) ? value.length : null;
  if (size === null) return;
  const [low, high, unit] =
    typeof value === 'number'
      ? (['minimum', 'maximum', ''] as const)
      : typeof value === 'string'
        ? (['minLength', 'maxLength', ' characters'] as const)
        : (['minItems', 'maxItems', ' items'] as const);
  const [least, most] = [schema[low], schema[high]];
  if (typeof least === 'number' && size < least)
    problems.push(`${path}: has ${size}${unit}, at least ${least} are asked for.`);
  if (typeof most === 'number' && size > most)
    problems.push(`${path}: has ${size}${unit}, at most ${most} are allowed.`);
}

function fits(schema: Json, value: Json, depth: number): boolean {
  const problems: string[] = [];
  look(schema, value, '', problems, depth + 1);
  return problems.length === 0;
}

function isOf(type: string, value: Json): boolean {
  if (type === 'integer') return Number.isInteger(value);
  return type === typeOf(value);
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
