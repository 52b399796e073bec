import { parseJson } from '../../ground/json.js';
import { invalid, listOf, objectOf } from './openapi.js';
import { doesOf, type Schema, type SeenTool, sentenceOf, singular, snake } from './seen-tool.js';

/** A tool as MCP servers and requests to models describe it. */
export interface Described {
  name: string;
  description?: unknown;
  inputSchema?: unknown;
  outputSchema?: unknown;
}

const mostTools = 300;

/** Tools of an MCP server's `tools/list`: its answer, what stands in it, or the list alone. @throws SluiceError `oracle_draft_source_invalid` */
export function toolsOfMcp(text: string): SeenTool[] {
  const document = parseJson(text);
  const answer = objectOf(document);
  const list = [document, answer['tools'], objectOf(answer['result'])['tools']].find(Array.isArray);
  if (list === undefined) throw invalid('It has no list of `tools`.');
  return toolsOf(list as Described[]);
}

/** @throws SluiceError `oracle_draft_source_invalid` */
export function toolsOf(described: readonly Described[]): SeenTool[] {
  const named = described.filter((tool) => typeof objectOf(tool)['name'] === 'string' && snake(tool.name) !== '');
  if (named.length === 0) throw invalid('It has no tools with names.');
  if (named.length > mostTools) throw invalid(`It has more than ${mostTools} tools; cut it down.`);
  return named.map(toolOf);
}

function toolOf({ name: given, description, inputSchema, outputSchema }: Described): SeenTool {
  // `mcp__server__tool`: the server's name is no part of what it does.
  const name = snake(given.split(/__|\./).at(-1) ?? given);
  const does = doesOf(name);
  const words = name.split('_').slice(1);
  const by = words.findIndex(
    (word) => word === 'by' || word === 'for' || word === 'of' || word === 'from' || word === 'to',
  );
  const noun = (by === -1 ? words : words.slice(0, by)).join('_');
  const input = objectOf(inputSchema) as Schema;
  return {
    name,
    about: sentenceOf(description),
    does,
    entity: does === null || noun === '' ? null : singular(noun),
    takes: fieldsOf(input) ?? {},
    required: listOf(input.required).map((field) => snake(String(field))),
    gives: rowOf(objectOf(outputSchema) as Schema),
  };
}

function fieldsOf({ properties }: Schema): SeenTool['gives'] {
  const entries = Object.entries(objectOf(properties));
  return entries.length === 0
    ? null
    : Object.fromEntries(entries.map(([name, schema]) => [snake(name), objectOf(schema) as Schema]));
}

function rowOf(schema: Schema): SeenTool['gives'] {
  for (const each of [schema, ...Object.values(objectOf(schema.properties))]) {
    const row = objectOf(objectOf(each)['items']) as Schema;
    if (row.properties !== undefined) return fieldsOf(row);
  }
  return fieldsOf(schema);
}
