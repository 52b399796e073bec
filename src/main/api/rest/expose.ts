import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Operation } from '../../../shared/contract/operation.js';
import { missing } from '../../../shared/errors.js';
import { jobSchema } from '../../../shared/model/index.js';
import type { Bound } from '../operations.js';
import { idOf, queryInteger, type RestApp } from './rest-app.js';

type Fields = { [field: string]: z.ZodType };
type Values = { [field: string]: unknown };

/** What a route's way of speaking adds to its operation. */
export interface Way<O extends Operation> {
  tag: string;
  /** The field of the input that a path parameter is, where it has another name; and what an id that names nothing is called. */
  params?: { [param: string]: { field: string; id?: string } };
  /** The one field of the input that the body is; else the body holds all fields that are not in the path. */
  body?: string;
  /** Names in the address of fields that have another in the input. */
  query?: { [name: string]: string };
  /** 201 where something is made; 202 says itself where a job is started; 204 where `gone` is asked. */
  status?: 201 | 202;
  /** The field of the output that says whether there was something to delete. */
  gone?: keyof z.output<O['output']>;
  /** The output is a list, which stands in the answer under `items`. */
  items?: true;
  /** What is answered where it is not the operation's output. */
  answer?: { schema: z.ZodType; of(output: z.output<O['output']>): unknown };
  /** The id behind the text of `:id`, where it may be a name too. */
  resolve?(text: string): Promise<string>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Exposes an operation at an address. Scope, schemas and words are the operation's own. */
export function expose<O extends Operation>(
  app: RestApp,
  route: `${Method} /${string}`,
  operation: Bound<O>,
  way: Way<O>,
): void {
  const [method, url] = route.split(' ') as [Method, string];
  const params = [...url.matchAll(/:(\w+)/g)].map(([, param]) => {
    const name = param as string;
    return { name, field: name, ...way.params?.[name] };
  });
  const fields = fieldsOf(operation.input);
  const taken = new Set(params.map(({ field }) => field));
  const left = Object.fromEntries(Object.entries(fields).filter(([field]) => !taken.has(field)));
  const inAddress = method === 'GET' || method === 'DELETE';
  const startsJob = method === 'POST' && (operation.output as z.ZodType) === jobSchema;
  const answer = way.items
    ? { schema: z.object({ items: operation.output }), of: (items: unknown) => ({ items }) }
    : (way.answer ?? { schema: operation.output, of: (output: unknown) => output });
  const status = way.gone !== undefined ? 204 : (way.status ?? (startsJob ? 202 : 200));

  async function inputOf(request: FastifyRequest): Promise<Values> {
    const pathParams = request.params as { [name: string]: string };
    const input: Values = {};
    for (const { name, field, id } of params) {
      const text = pathParams[name] as string;
      input[field] = id === undefined ? text : ((await way.resolve?.(text)) ?? idOf(text, id));
    }
    if (inAddress) {
      for (const [name, value] of Object.entries(request.query as Values)) input[way.query?.[name] ?? name] = value;
    } else if (way.body !== undefined) input[way.body] = request.body;
    else Object.assign(input, request.body);
    return input;
  }

  app.route({
    method,
    url,
    config: { access: operation.scope },
    ...(operation.inputBytes === undefined ? {} : { bodyLimit: operation.inputBytes }),
    schema: {
      summary: operation.summary,
      tags: [way.tag],
      ...(operation.description === undefined ? {} : { description: operation.description }),
      ...(params.length === 0
        ? {}
        : {
            params: z.object(
              Object.fromEntries(
                params.map(({ name, field, id }) => [
                  name,
                  id === undefined ? inText(fields[field] as z.ZodType) : z.string().max(200),
                ]),
              ),
            ),
          }),
      ...(inAddress
        ? addressSchema(left, way.query ?? {})
        : bodySchema(operation.input, left, taken.size > 0, way.body)),
      response: {
        [status]: status === 204 ? z.undefined().describe('Done') : answer.schema,
      },
    },
    async handler(request, reply: FastifyReply) {
      const input = operation.input instanceof z.ZodVoid ? undefined : await inputOf(request);
      const output = await operation.run(input as z.output<O['input']>, request.principal);
      if (way.gone !== undefined) {
        if (!(output as z.output<O['output']>)[way.gone]) throw missing(params[0]?.id ?? 'thing');
        return reply.code(204).send();
      }
      if (output instanceof Uint8Array) {
        const { buffer, byteOffset, byteLength } = output;
        // Typed answers are objects; bytes pass the serialiser by.
        return reply.type('application/json; charset=utf-8').send(Buffer.from(buffer, byteOffset, byteLength) as never);
      }
      if (startsJob) reply.header('location', `/jobs/${(output as { job_id: string }).job_id}`);
      return reply.code(status).send(answer.of(output as never) as never);
    },
  });
}

function fieldsOf(input: z.ZodType): Fields {
  return input instanceof z.ZodObject ? (input.shape as Fields) : {};
}

function addressSchema(left: Fields, names: { [name: string]: string }): { querystring?: z.ZodType } {
  const nameOf = new Map(Object.entries(names).map(([name, field]) => [field, name]));
  const entries = Object.entries(left).map(([field, schema]) => [nameOf.get(field) ?? field, inText(schema)]);
  return entries.length === 0 ? {} : { querystring: z.object(Object.fromEntries(entries)) };
}

/** Bodies are strict: a misspelt field would otherwise be ignored, and what it asks for not done. */
function bodySchema(input: z.ZodType, left: Fields, partly: boolean, body: string | undefined): { body?: z.ZodType } {
  if (body !== undefined) return { body: left[body] as z.ZodType };
  if (!(input instanceof z.ZodObject) || Object.keys(left).length === 0) return {};
  return { body: partly ? z.strictObject(left) : input.strict() };
}

/** The same as it stands in an address, where numbers, true and false are text and a list may be one. */
function inText(schema: z.ZodType): z.ZodType {
  const inner = innermost(schema);
  if (inner instanceof z.ZodNumber) return queryInteger(schema);
  if (inner instanceof z.ZodBoolean)
    return z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), schema);
  if (inner instanceof z.ZodArray)
    return z.preprocess((value) => (typeof value === 'string' ? [value] : value), schema).optional();
  return schema;
}

function innermost(schema: z.ZodType): z.ZodType {
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodNullable;
  return wrapped ? innermost(schema.unwrap() as z.ZodType) : schema;
}
