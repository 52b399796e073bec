import { parse } from 'yaml';
import { SluiceError } from '../../../shared/errors.js';
import { type Does, doesOf, type Schema, type SeenTool, sentenceOf, singular, snake } from './seen-tool.js';

type Node = { [key: string]: unknown };

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
const mostOperations = 300;
const mostHops = 20;

/**
 * The operations of an OpenAPI document (3.0 or 3.1, JSON or YAML) as tools. References are followed within it alone: `notes` names
 * those that lead out of it.
 * @throws SluiceError `oracle_draft_source_invalid`
 */
export function toolsOfOpenApi(text: string): { title: string | null; tools: SeenTool[]; notes: string[] } {
  const document = documentOf(text);
  const notes = new Set<string>();
  const at = (node: unknown) => resolved(document, node, notes);
  const tools: SeenTool[] = [];
  for (const [path, item] of Object.entries(objectOf(document['paths'])))
    for (const method of methods) {
      const shared = at(item);
      const operation = shared[method];
      if (operation === undefined) continue;
      if (tools.length >= mostOperations) throw invalid(`It has more than ${mostOperations} operations; cut it down.`);
      tools.push(toolOf(path, method, shared, at(operation), at));
    }
  if (tools.length === 0) throw invalid('It has no operations under `paths`.');
  const { title } = objectOf(document['info']);
  return { title: typeof title === 'string' ? title.slice(0, 100) : null, tools, notes: [...notes] };
}

function documentOf(text: string): Node {
  let document: unknown;
  try {
    // JSON is YAML too. Aliases are bounded by the parser itself.
    document = parse(text);
  } catch (error) {
    throw invalid(`It is neither JSON nor YAML: ${sentenceOf((error as Error).message)}.`);
  }
  const { openapi, swagger } = objectOf(document);
  if (typeof openapi === 'string' && /^3\.[01]\./.test(`${openapi}.`)) return document as Node;
  const what =
    swagger === undefined ? 'It says no `openapi: 3.0` or `3.1`.' : 'It is Swagger 2.0: convert it to 3.0 first.';
  throw invalid(what);
}

function toolOf(
  path: string,
  method: (typeof methods)[number],
  shared: Node,
  operation: Node,
  at: (node: unknown) => Node,
) {
  const segments = path.split('/').filter((part) => part !== '');
  const nouns = segments.filter((part) => !part.startsWith('{') && !/^(api|v\d+)$/i.test(part));
  const ofOne = segments.at(-1)?.startsWith('{') === true;
  // `/invoices/{id}/approve`: a verb behind the row that it is about.
  const acts =
    !ofOne &&
    segments.at(-2)?.startsWith('{') === true &&
    method !== 'get' &&
    doesOf(snake(nouns.at(-1) ?? '')) !== null;
  const noun = snake((acts ? nouns.at(-2) : nouns.at(-1)) ?? '');
  const params = [...listOf(shared['parameters']), ...listOf(operation['parameters'])].map(at);
  const takes: SeenTool['takes'] = {};
  const required: string[] = [];
  for (const { name, in: place, schema, required: needed } of params) {
    if (typeof name !== 'string' || place !== 'query') continue;
    takes[snake(name)] = flat(schema, at);
    if (needed === true) required.push(snake(name));
  }
  const body = flat(jsonIn(at(operation['requestBody'])['content'], at), at);
  for (const [name, schema] of Object.entries(body.properties ?? {})) takes[snake(name)] = flat(schema, at);
  for (const name of listOf(body.required)) required.push(snake(String(name)));
  const answers = objectOf(operation['responses']);
  const good = Object.keys(answers).find((code) => /^2/.test(code)) ?? 'default';
  const { rows, list } = rowsOf(flat(jsonIn(at(answers[good])['content'], at), at), at);
  const id = operation['operationId'];
  const said = doesOf(snake(typeof id === 'string' ? id : ''));
  return {
    name: snake(typeof id === 'string' && id !== '' ? id : `${method} ${nouns.join(' ')}${ofOne ? ' one' : ''}`),
    about: sentenceOf(operation['summary'] ?? operation['description']),
    does: methodDoes(method, { ofOne, acts, list, said }),
    entity: noun === '' ? null : singular(noun),
    takes,
    required,
    gives: rows,
  } satisfies SeenTool;
}

/** As far as verb, path and schemas say. */
function methodDoes(
  method: (typeof methods)[number],
  { ofOne, acts, list, said }: { ofOne: boolean; acts: boolean; list: boolean; said: Does | null },
): Does | null {
  if (method === 'get') return said === 'total' ? 'total' : ofOne ? 'get' : list ? 'find' : null;
  if (method === 'delete') return ofOne ? 'remove' : null;
  if (acts) return 'change';
  // A search whose filters are too long for an address.
  if (method === 'post') return said === 'find' && list ? 'find' : ofOne ? null : 'create';
  return ofOne ? 'change' : null;
}

/** Fields of the row, or of the rows of a list: bare, or the one list of objects in an envelope. */
function rowsOf(schema: Schema, at: (node: unknown) => Node): { rows: SeenTool['gives']; list: boolean } {
  const fieldsOf = (row: Schema) => {
    const entries = Object.entries(row.properties ?? {});
    return entries.length === 0
      ? null
      : Object.fromEntries(entries.map(([name, field]) => [snake(name), flat(field, at)]));
  };
  if (schema.items !== undefined) return { rows: fieldsOf(flat(schema.items, at)), list: true };
  for (const field of Object.values(schema.properties ?? {})) {
    const inner = flat(field, at);
    const row = inner.items === undefined ? null : flat(inner.items, at);
    if (row?.properties !== undefined) return { rows: fieldsOf(row), list: true };
  }
  return { rows: fieldsOf(schema), list: false };
}

/** A schema with what `allOf` joins in one. */
function flat(node: unknown, at: (node: unknown) => Node, hops = 0): Schema {
  const schema = at(node);
  const parts = hops < mostHops ? listOf(schema['allOf']).map((part) => flat(part, at, hops + 1)) : [];
  if (parts.length === 0) return schema as Schema;
  const own = schema as Schema;
  return {
    ...own,
    properties: Object.assign({}, ...parts.map(({ properties }) => properties), own.properties),
    required: [...parts.flatMap(({ required }) => listOf(required)), ...listOf(own.required)],
  };
}

function jsonIn(content: unknown, at: (node: unknown) => Node): unknown {
  const [, media] = Object.entries(objectOf(content)).find(([type]) => /[/+]json\b/i.test(type)) ?? [];
  return at(media)['schema'];
}

function resolved(document: Node, node: unknown, notes: Set<string>): Node {
  let found = objectOf(node);
  for (let hops = 0; typeof found['$ref'] === 'string'; hops += 1) {
    const ref = found['$ref'];
    if (!ref.startsWith('#/') || hops >= mostHops) {
      notes.add(
        `${ref.slice(0, 200)} is not followed: ${hops < mostHops ? 'it is outside of the document' : 'it leads in a circle'}`,
      );
      return {};
    }
    let next: unknown = document;
    for (const part of ref.slice(2).split('/')) {
      const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      const within = objectOf(next);
      next = Object.hasOwn(within, key) ? within[key] : undefined;
    }
    if (next === undefined) notes.add(`${ref.slice(0, 200)} is not there`);
    found = objectOf(next);
  }
  return found;
}

export const objectOf = (value: unknown): Node =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Node) : {};
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const invalid = (message: string): SluiceError => new SluiceError('oracle_draft_source_invalid', message);
