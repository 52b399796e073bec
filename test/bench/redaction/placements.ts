import type { CapturedExchange } from '../../../src/shared/model/index.js';
import type { Random } from '../fuzz/random.js';
import { isPlain, textPlacements, told } from './texts.js';
import type { Value } from './values.js';
import { argumentWires, type Dependencies, exchangeOf, pieces, resultWires, streamWires, textWires } from './wires.js';

/** Where a value is planted: its own text in a message, a part of the request, a stream. */
export interface Placement {
  id: string;
  takes(value: Value): boolean;
  /** `place` counts the uses of this placement: streams are cut at another place each time. */
  plant(value: Value, random: Random, place: number): CapturedExchange;
}

const any = () => true;
const anyWire = {
  ...textWires,
  ...Object.fromEntries(Object.entries(resultWires).map(([id, wire]) => [`${id} result`, wire])),
};

/** A text in whatever carries texts: a message, a result, a command or file content in arguments. */
export function carried(text: string, random: Random): Dependencies {
  if (random.below(4) === 0) {
    return random.pick(Object.values(argumentWires))(
      { [random.pick(['command', 'content', 'new_string'])]: text },
      random,
    );
  }
  return random.pick(Object.values(anyWire))(text, random);
}

/** Arguments that hold the value under its own name. */
function argumentsOf(value: Value, random: Random): object {
  const digits = /^[1-9]\d{8,15}$/.test(value.written) && random.below(3) === 0;
  if (value.entity === 'COOKIE') return { headers: { Cookie: value.written }, retries: 2 };
  const content = digits ? Number(value.written) : value.written;
  return { id: 7, [value.key]: content, options: { verbose: true } };
}

const encode = encodeURIComponent;
const isField = (value: Value): boolean => value.entity !== 'COOKIE';
const inUrl = (value: Value): boolean => isPlain(value) && isField(value) && !value.written.includes('://');

const streams = Object.entries(streamWires).map(
  ([id, wire]): Placement => ({
    id,
    takes: any,
    plant(value, random, place) {
      const text = id.includes('arguments')
        ? JSON.stringify(argumentsOf(value, random))
        : `So: ${told(value, random)}, and then on.`;
      return exchangeOf(wire(pieces(text, place, random), random), random);
    },
  }),
);

const special: readonly Placement[] = [
  {
    id: 'tool arguments',
    takes: any,
    plant: (value, random) =>
      exchangeOf(random.pick(Object.values(argumentWires))(argumentsOf(value, random), random), random),
  },
  {
    id: 'json in json',
    takes: any,
    plant(value, random) {
      const inner = JSON.stringify({ body: JSON.stringify(argumentsOf(value, random)) });
      return exchangeOf(random.pick(Object.values(argumentWires))({ request: inner }, random), random);
    },
  },
  {
    id: 'tool result',
    takes: any,
    plant(value, random) {
      const text = random.pick(
        [
          () => JSON.stringify({ ok: true, items: [argumentsOf(value, random)] }, null, random.pick([0, 2])),
          () => `1→ # notes\n2→ ${told(value, random).replaceAll('\n', '\n3→ ')}\n4→ end`,
          () => `status 200\n${told(value, random)}\n`,
        ].slice(0, value.written.includes('\n') ? 1 : 3),
      )();
      return exchangeOf(random.pick(Object.values(resultWires))(text, random), random);
    },
  },
  {
    id: 'url',
    takes: (value) => inUrl(value) && (value.bare || value.entity === 'SECRET' || value.entity === 'PASSWORD'),
    plant(value, random) {
      const url =
        value.bare && random.below(2) === 0
          ? `https://api.example.com/v2/items/${encode(value.written)}/state`
          : `https://api.example.com/v2/items?page=2&${value.key}=${encode(value.written)}&sort=asc`;
      if (random.below(2) === 0) return exchangeOf({ url }, random);
      return exchangeOf(carried(`GET ${url} gave 404`, random), random);
    },
  },
  {
    id: 'form body',
    takes: isField,
    plant: (value, random) =>
      exchangeOf(
        {
          url: 'https://api.example.com/login',
          request: `step=2&${value.key}=${encode(value.written).replaceAll('%20', '+')}&remember=on`,
          requestType: 'application/x-www-form-urlencoded',
        },
        random,
      ),
  },
  {
    id: 'header',
    takes: (value) => isPlain(value) || value.entity === 'COOKIE',
    plant(value, random) {
      const name =
        value.entity === 'COOKIE' ? 'cookie' : `x-${value.bare ? 'trace-info' : value.key.replaceAll('_', '-')}`;
      const headers: [string, string][] =
        value.bare && random.below(3) === 0 ? [['authorization', `Bearer ${value.written}`]] : [[name, value.written]];
      return exchangeOf({ headers, request: { model: 'gpt-5.1', messages: [] } }, random);
    },
  },
  {
    id: 'base64',
    takes: isField,
    plant(value, random) {
      const inner = random.pick(
        [
          () => JSON.stringify(argumentsOf(value, random)),
          () => `name: app\n${value.key}: ${value.written}\nport: 8080\n`,
          () => `# notes\n${told(value, random)}\n`,
        ].slice(0, value.written.includes('\n') ? 1 : 3),
      )();
      const wrapped = Buffer.from(inner).toString('base64');
      const text = random.pick([
        `{"encoding":"base64","content":"${wrapped}"}`,
        `data:application/json;base64,${wrapped}`,
        `echo ${wrapped} | base64 -d`,
        wrapped,
      ]);
      return exchangeOf(carried(text, random), random);
    },
  },
  {
    id: 'error message',
    takes: (value) => !value.written.includes('\n'),
    plant(value, random) {
      const message = `Request failed: ${told(value, random)}`;
      if (random.below(2) === 0) return exchangeOf({ error: message }, random);
      return exchangeOf(
        { status: 401, response: { error: { message, type: 'invalid_request_error', code: null } } },
        random,
      );
    },
  },
  {
    id: 'tool name',
    takes: (value) => value.bare && /^[\w-]{8,64}$/.test(value.written),
    plant: (value, random) =>
      exchangeOf(
        { request: { model: 'm', tools: [{ type: 'function', function: { name: value.written, parameters: {} } }] } },
        random,
      ),
  },
  {
    id: 'tool description',
    takes: any,
    plant(value, random) {
      const description = `Looks a thing up. For example with ${told(value, random)}.`;
      const tools = random.pick([
        [
          {
            type: 'function',
            function: { name: 'lookup', description, parameters: { type: 'object', properties: {} } },
          },
        ],
        [{ name: 'lookup', description, input_schema: { type: 'object', properties: {} } }],
        [{ functionDeclarations: [{ name: 'lookup', description }] }],
      ]);
      return exchangeOf({ request: { model: 'm', tools } }, random);
    },
  },
  {
    id: 'tool schema',
    takes: (value) => value.bare,
    plant(value, random) {
      const property = random.pick([
        { default: value.written },
        { examples: [value.written] },
        { enum: [value.written, 'other'] },
        { description: told(value, random) },
      ]);
      const parameters = {
        type: 'object',
        properties: { target: { type: 'string', ...property } },
        required: ['target'],
      };
      return exchangeOf(
        { request: { model: 'm', tools: [{ type: 'function', function: { name: 'lookup', parameters } }] } },
        random,
      );
    },
  },
  {
    id: 'file name',
    takes: (value) => value.bare && isPlain(value) && !/[/:]/.test(value.written),
    plant(value, random) {
      const path = random.pick([
        `/srv/exports/${value.written}.csv`,
        `backup-${value.written}.tar.gz`,
        `./out/${value.written}/index.html`,
      ]);
      if (random.below(2) === 0) return exchangeOf(carried(`Wrote ${path} (1204 bytes)`, random), random);
      return exchangeOf(random.pick(Object.values(argumentWires))({ file_path: path }, random), random);
    },
  },
];

export const placements: readonly Placement[] = [
  ...Object.entries(textPlacements).map(
    ([id, { takes, text }]): Placement => ({
      id,
      takes: takes ?? any,
      plant: (value, random) => exchangeOf(carried(text(value, random), random), random),
    }),
  ),
  ...special,
  ...streams,
];
