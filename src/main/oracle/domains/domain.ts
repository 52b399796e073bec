import type { SensitivityTier } from '../../../shared/model/gold-trace.js';
import type { DomainFile, Field, Rule, ToolFile } from './schema.js';
import { higherOf } from './tiers.js';

/** What an argument does with the rows of its tool's entity. */
export type Use = 'id' | 'equal' | 'above' | 'below' | 'set' | 'limit' | 'confirm';

export interface Argument {
  name: string;
  use: Use;
  /** The entity's field that it is about; null of ids, limits and confirmations. */
  field: string | null;
  /** The entity whose ids it takes. */
  ref: string | null;
  required: boolean;
  schema: JsonSchema;
}

export type JsonSchema = { [key: string]: unknown };

export interface Tool {
  /** `finance.list_invoices` */
  id: string;
  name: string;
  file: ToolFile;
  entity: string;
  arguments: Argument[];
  parameters: JsonSchema;
  result: JsonSchema;
  effect: 'read' | 'write' | 'external';
  tier: SensitivityTier;
  /** Where its rows stand in the result of `find`. */
  list: string;
}

export interface Domain {
  id: string;
  title: string;
  file: DomainFile;
  tools: Map<string, Tool>;
  rules: readonly Rule[];
  /** Entities of which a caller sees the own tenant's rows only, by the field that says whose they are. */
  tenantField: Map<string, string>;
  /** Tools that find rows of an entity. */
  finders(entity: string): readonly Tool[];
}

/** Where a tool's result holds ids: the entity, and the field's name within a row. */
export const idField = (entity: string): string => `${entity}_id`;

/** A file that holds together, with what follows of it: schemas of arguments and results, tiers, who feeds whom. Throws TypeError with all that is wrong. */
export function domainOf(file: DomainFile): Domain {
  const problems = problemsOf(file);
  if (problems.length > 0) throw new TypeError(`${file.domain}: ${problems.join('; ')}`);
  const tenantField = new Map(
    file.policy.flatMap((rule) => {
      if (rule.kind !== 'tenant') return [];
      const field = refsTo(file, rule.entity, file.caller.tenant)[0] as string;
      return [[rule.entity, field] as const];
    }),
  );
  const tools = new Map(Object.entries(file.tools).map(([name, tool]) => [name, toolOf(file, name, tool)] as const));
  const finders = Object.groupBy(
    [...tools.values()].filter(({ file: { does } }) => does === 'find'),
    ({ entity }) => entity,
  );
  return {
    id: file.domain,
    title: file.title,
    file,
    tools,
    rules: file.policy,
    tenantField,
    finders: (entity) => finders[entity] ?? [],
  };
}

const refsTo = (file: DomainFile, entity: string, to: string): string[] =>
  Object.entries(file.entities[entity]?.fields ?? {}).flatMap(([name, field]) =>
    'ref' in field && field.ref === to ? [name] : [],
  );

/** What names something that is not there, or lacks what it needs. */
function problemsOf(file: DomainFile): string[] {
  const problems: string[] = [];
  const say = (where: string, what: string) => problems.push(`${where}: ${what}`);
  const { entities, tools } = file;
  if (!(file.caller.tenant in entities)) say('caller.tenant', `there is no entity ${file.caller.tenant}`);
  for (const [name, { fields, called }] of Object.entries(entities)) {
    if (called !== undefined && !(called in fields)) say(`entities.${name}.called`, `there is no field ${called}`);
    if (idField(name) in fields) say(`entities.${name}`, `${idField(name)} is its id and no field`);
    for (const [key, field] of Object.entries(fields)) {
      if ('ref' in field && !(field.ref in entities)) say(`entities.${name}.${key}`, `there is no entity ${field.ref}`);
    }
  }
  for (const [name, tool] of Object.entries(tools)) {
    const at = `tools.${name}`;
    const fields = entities[tool.entity]?.fields;
    if (fields === undefined) {
      say(at, `there is no entity ${tool.entity}`);
      continue;
    }
    const need = (key: string, what: string) => {
      if (!(key in fields)) say(at, `${what} names ${key}, which ${tool.entity} has not`);
    };
    if ('by' in tool)
      for (const each of tool.by) {
        const [key = '', range] = each.split('.');
        need(key, 'by');
        const field = fields[key];
        if (range !== undefined && field && !('number' in field || 'date' in field || 'moment' in field))
          say(at, `${each} is a range of what is neither a number nor a date`);
      }
    if ('returns' in tool) for (const key of tool.returns) need(key, 'returns');
    if ('order' in tool) need(tool.order.replace(/^-/, ''), 'order');
    if ('takes' in tool) for (const key of tool.takes) need(key.replace(/\?$/, ''), 'takes');
    if ('sets' in tool) for (const key of Object.keys(tool.sets ?? {})) need(key, 'sets');
    if ('needs' in tool) for (const key of Object.keys(tool.needs ?? {})) need(key.split('.')[0] as string, 'needs');
    if (
      tool.does === 'total' &&
      tool.how !== 'count' &&
      (tool.of === undefined || !('number' in (fields[tool.of] ?? {})))
    )
      say(at, 'of names the number that is added up');
    for (const text of tool.says ?? []) {
      for (const [, slot = ''] of text.matchAll(/\{(\w+)\}/g))
        if (slot !== 'it' && !(slot in fields)) say(at, `says names {${slot}}`);
    }
    if (tool.does === 'change')
      for (const key of tool.takes) {
        const field = fields[key.replace(/\?$/, '')];
        if (field && 'ref' in field && !isTenant(file, tool.entity, key.replace(/\?$/, '')))
          say(at, `${key} refers to others; what joins two rows is made by create`);
      }
    if (tool.does === 'create') {
      for (const key of tool.takes.filter((each) => !each.endsWith('?') && !isTenant(file, tool.entity, each))) {
        const said = (tool.says ?? []).every((text) => text.includes(`{${key}}`));
        if (!said && !('ref' in (fields[key] ?? {})))
          say(at, `${key} must be given, and not all of says have {${key}}`);
      }
    } else if (tool.says?.some((text) => !text.includes('{it}'))) say(at, 'each of says has {it}');
  }
  for (const [index, rule] of file.policy.entries()) {
    const at = `policy.${index}`;
    for (const key of ['tool', 'first', 'second', 'to'] as const) {
      const name = (rule as Record<string, unknown>)[key];
      if (typeof name === 'string' && !(name in tools)) say(at, `there is no tool ${name}`);
    }
    if (rule.kind === 'tenant' && refsTo(file, rule.entity, file.caller.tenant).length === 0)
      say(at, `${rule.entity} has no field that refers to ${file.caller.tenant}`);
    if (rule.kind === 'role')
      for (const role of rule.roles) if (!file.caller.roles.includes(role)) say(at, `there is no role ${role}`);
  }
  for (const [name, { goals }] of Object.entries(file.intents))
    for (const goal of goals) if (!(goal in tools)) say(`intents.${name}`, `there is no tool ${goal}`);
  return problems;
}

/** Whether a field says whose a row is. */
export const isTenant = (file: DomainFile, entity: string, key: string): boolean => {
  const field = file.entities[entity]?.fields[key];
  return field !== undefined && 'ref' in field && field.ref === file.caller.tenant;
};

function toolOf(file: DomainFile, name: string, tool: ToolFile): Tool {
  const entity = file.entities[tool.entity] as DomainFile['entities'][string];
  const fieldOf = (key: string) => entity.fields[key] as Field;
  const args: Argument[] = [];
  if (tool.does === 'get' || tool.does === 'change' || tool.does === 'remove')
    args.push({
      name: idField(tool.entity),
      use: 'id',
      field: null,
      ref: tool.entity,
      required: true,
      schema: idSchema(entity.id),
    });
  if ('by' in tool) {
    for (const each of tool.by) {
      const [key = '', range] = each.split('.') as [string, 'above' | 'below' | undefined];
      const field = fieldOf(key);
      const { minimum, maximum, ...open } = schemaOf(file, field) as JsonSchema & {
        minimum?: number;
        maximum?: number;
      };
      args.push({
        name: argumentName(key, field, range),
        use: range ?? 'equal',
        field: key,
        ref: 'ref' in field ? field.ref : null,
        required: false,
        schema: range === undefined ? schemaOf(file, field) : open,
      });
    }
  }
  if ('takes' in tool)
    for (const each of tool.takes) {
      const key = each.replace(/\?$/, '');
      const field = fieldOf(key);
      args.push({
        name: key,
        use: 'set',
        field: key,
        ref: 'ref' in field ? field.ref : null,
        required: !each.endsWith('?'),
        schema: schemaOf(file, field),
      });
    }
  if (tool.does === 'find')
    args.push({
      name: 'limit',
      use: 'limit',
      field: null,
      ref: null,
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: tool.most },
    });
  if (file.policy.some((rule) => rule.kind === 'confirm' && rule.tool === name))
    args.push({
      name: 'confirmed',
      use: 'confirm',
      field: null,
      ref: null,
      required: false,
      schema: { type: 'boolean' },
    });

  const keys = rowKeys(tool);
  const row = {
    type: 'object',
    properties: Object.fromEntries([
      [idField(tool.entity), idSchema(entity.id)],
      ...keys.map((key) => [key, schemaOf(file, fieldOf(key))] as const),
    ]),
    required: [idField(tool.entity)],
    additionalProperties: false,
  };
  const list = entity.many.replaceAll(/[^a-z0-9]+/gi, '_').toLowerCase();
  const result =
    tool.does === 'find'
      ? closed({ [list]: { type: 'array', items: row }, found: { type: 'integer', minimum: 0 } })
      : tool.does === 'total'
        ? closed({ rows: { type: 'integer', minimum: 0 }, [tool.how]: { type: 'number' } })
        : tool.does === 'remove'
          ? closed({ [idField(tool.entity)]: idSchema(entity.id), removed: { const: true } })
          : row;
  const seen = tool.does === 'total' ? (tool.of ? [tool.of] : []) : keys;
  return {
    id: `${file.domain}.${name}`,
    name,
    file: tool,
    entity: tool.entity,
    arguments: args,
    parameters: {
      type: 'object',
      properties: Object.fromEntries(args.map(({ name: key, schema }) => [key, schema])),
      required: args.flatMap(({ name: key, required }) => (required ? [key] : [])),
      additionalProperties: false,
    },
    result,
    effect: 'effect' in tool ? tool.effect : tool.does === 'remove' ? 'write' : 'read',
    tier: seen.reduce<SensitivityTier>((tier, key) => higherOf(tier, fieldOf(key).tier ?? 'public'), entity.tier),
    list,
  };
}

/** Fields of a row that a tool gives back. */
export function rowKeys(tool: ToolFile): string[] {
  if ('returns' in tool) return tool.returns;
  if (tool.does === 'create' || tool.does === 'change')
    return [...new Set([...tool.takes.map((key) => key.replace(/\?$/, '')), ...Object.keys(tool.sets ?? {})])];
  return [];
}

const closed = (properties: JsonSchema): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const idSchema = (prefix: string): JsonSchema => ({ type: 'string', pattern: `^${prefix}-\\d{4,}$` });

function argumentName(key: string, field: Field, range: 'above' | 'below' | undefined): string {
  if (range === undefined) return key;
  if ('number' in field) return `${range === 'above' ? 'min' : 'max'}_${key}`;
  return `${key}_${range === 'above' ? 'after' : 'before'}`;
}

function schemaOf(file: DomainFile, field: Field): JsonSchema {
  if ('one_of' in field) return { type: 'string', enum: valuesOf(field.one_of) };
  if ('number' in field) return { type: field.decimals === 0 ? 'integer' : 'number', minimum: 0 };
  if ('date' in field) return { type: 'string', format: 'date' };
  if ('moment' in field) return { type: 'string', format: 'date-time' };
  if ('ref' in field) return idSchema((file.entities[field.ref] as { id: string }).id);
  if ('flag' in field) return { type: 'boolean' };
  return { type: 'string', minLength: 1 };
}

export const valuesOf = (from: string[] | Record<string, number>): string[] =>
  Array.isArray(from) ? from : Object.keys(from);
