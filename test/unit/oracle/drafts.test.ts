import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { openCatalogue } from '../../../src/main/oracle/catalogue.js';
import { readDomain } from '../../../src/main/oracle/domains/load.js';
import { toolsOf, toolsOfMcp } from '../../../src/main/oracle/drafts/described.js';
import { draftOf } from '../../../src/main/oracle/drafts/draft.js';
import { gapsOf, lacking } from '../../../src/main/oracle/drafts/gaps.js';
import { toolsOfOpenApi } from '../../../src/main/oracle/drafts/openapi.js';
import { defaultShapes, sampleTrace } from '../../../src/main/oracle/sampler/sample.js';
import { failuresOf } from '../../../src/main/oracle/validators/index.js';

// biome-ignore lint/suspicious/noExplicitAny: drafts are looked into
type Any = any;

const row = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    status: { type: 'string', enum: ['docked', 'at_sea', 'laid_up'] },
    name: { type: 'string' },
    berthId: { type: 'string' },
    length: { type: 'number', minimum: 5, maximum: 400 },
    arrives_on: { type: 'string', format: 'date' },
    tags: { type: 'array', items: { type: 'string' } },
  },
};
const api = {
  openapi: '3.1.0',
  info: { title: 'Harbour' },
  components: {
    schemas: {
      Vessel: row,
      NewVessel: {
        allOf: [
          { $ref: '#/components/schemas/Named' },
          { properties: { length: { type: 'number' } }, required: ['length'] },
        ],
      },
      Named: {
        type: 'object',
        properties: { name: { type: 'string' }, next: { $ref: '#/components/schemas/Named' } },
        required: ['name'],
      },
      Elsewhere: { $ref: 'https://schemas.example/berth.json' },
    },
    parameters: { Limit: { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 50 } } },
  },
  paths: {
    '/v1/vessels': {
      get: {
        operationId: 'listVessels',
        summary: 'Lists vessels. All of them.',
        parameters: [
          { $ref: '#/components/parameters/Limit' },
          { name: 'status', in: 'query', schema: row.properties.status },
          { name: 'min_length', in: 'query', schema: { type: 'number' } },
          { name: 'q', in: 'query', schema: { type: 'string' } },
        ],
        responses: {
          200: {
            content: {
              'application/json': {
                schema: { properties: { items: { type: 'array', items: { $ref: '#/components/schemas/Vessel' } } } },
              },
            },
          },
        },
      },
      post: {
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NewVessel' } } } },
        responses: { 201: {} },
      },
    },
    '/v1/vessels/{id}': {
      get: {
        operationId: 'getVessel',
        responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Vessel' } } } } },
      },
      delete: { operationId: 'deleteVessel', responses: { 204: {} } },
    },
    '/v1/vessels/{id}/archive': { post: { operationId: 'archiveVessel', responses: { 200: {} } } },
    '/v1/berths': {
      get: {
        responses: {
          200: {
            content: {
              'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Elsewhere' } } },
            },
          },
        },
      },
    },
    '/v1/reports': {
      get: {
        operationId: 'tideReport',
        responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } } },
      },
    },
  },
};
const draftFrom = (tools: Parameters<typeof draftOf>[0]) => {
  const { text, notes } = draftOf(tools, { name: 'harbour', title: 'Harbour', source: 'a test' });
  return { text, notes, file: parse(text) as Any };
};

describe('a draft of an OpenAPI document', () => {
  const { title, tools, notes } = toolsOfOpenApi(JSON.stringify(api));
  const { text, file, notes: left } = draftFrom(tools);

  it('says what verbs, paths and schemas say', () => {
    expect(title).toBe('Harbour');
    expect(tools.map(({ name, does, entity }) => [name, does, entity])).toEqual([
      ['list_vessels', 'find', 'vessel'],
      ['post_vessels', 'create', 'vessel'],
      ['get_vessel', 'get', 'vessel'],
      ['delete_vessel', 'remove', 'vessel'],
      ['archive_vessel', 'change', 'vessel'],
      ['get_berths', 'find', 'berth'],
      ['tide_report', null, 'report'],
    ]);
    expect(file.entities.vessel).toMatchObject({
      ...{ one: 'vessel', many: 'vessels', called: 'name', tier: null },
      fields: {
        status: { one_of: ['docked', 'at_sea', 'laid_up'] },
        name: null,
        berth_id: { ref: 'berth' },
        length: { number: [5, 400] },
        arrives_on: { date: null },
      },
    });
    expect(file.tools.list_vessels).toEqual({
      ...{ about: 'Lists vessels', does: 'find', entity: 'vessel', by: ['status', 'length.above'] },
      returns: ['status', 'name', 'berth_id', 'length', 'arrives_on'],
      ...{ order: null, first: null, most: 50 },
    });
    expect(file.tools.post_vessels).toMatchObject({ takes: ['name', 'length'], effect: null, says: null });
    expect(file.tools.tide_report).toEqual({ about: null, does: null, entity: 'report' });
    expect(file.policy).toContainEqual({ kind: 'confirm', tool: 'delete_vessel', says: null });
    expect(file.intents.ask_archive_vessel).toEqual({ category: 'update', goals: ['archive_vessel'], because: null });
  });

  it('names each thing that it does not say, and what has no place', () => {
    expect(notes).toEqual(['https://schemas.example/berth.json is not followed: it is outside of the document']);
    expect(left).toEqual([
      'list_vessels: tags is a list or an object, which rows do not hold',
      'post_vessels: next is a list or an object, which rows do not hold',
      'get_vessel: tags is a list or an object, which rows do not hold',
      'list_vessels: q searches free text, which tools of domains do not',
    ]);
    const gaps = lacking(text, () => expect.unreachable());
    const paths = gaps.map(({ path }) => path);
    for (const path of [
      'caller.roles',
      'caller.tenant',
      'entities.vessel.tier',
      'entities.vessel.fields.name',
      'entities.vessel.fields.arrives_on.date',
      'tools.list_vessels.order',
      'tools.tide_report.does',
      'intents.ask_list_vessels.because',
    ])
      expect(paths).toContain(path);
    expect(gaps.find(({ path }) => path === 'entities.vessel.fields.name')?.say).toMatch(/^what it holds: one_of/);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('is refused for what is no such document, and where references lead in a circle or out of it', () => {
    expect(() => toolsOfOpenApi('{"swagger": "2.0"}')).toThrow(/Swagger 2.0/);
    expect(() => toolsOfOpenApi('a: [')).toThrow(/neither JSON nor YAML/);
    expect(() => toolsOfOpenApi('openapi: 3.0.3\npaths: {}')).toThrow(/no operations/);
    const circle = {
      openapi: '3.0.0',
      components: { schemas: { A: { $ref: '#/components/schemas/A' } } },
      paths: {
        '/a': {
          get: {
            responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/A' } } } } },
          },
        },
      },
    };
    expect(toolsOfOpenApi(stringify(circle)).notes).toEqual([
      '#/components/schemas/A is not followed: it leads in a circle',
    ]);
  });
});

it('tools of an MCP server, and tools that were offered, are drafted by their names and schemas', () => {
  const listed = [
    {
      name: 'mcp__tides__search_tides',
      description: 'Finds tides.\nLong story.',
      inputSchema: { properties: { port: { type: 'string' }, limit: { type: 'integer' } } },
      outputSchema: {
        properties: {
          tides: { type: 'array', items: { properties: { port: { type: 'string' }, height: { type: 'number' } } } },
        },
      },
    },
    {
      name: 'sendWarning',
      inputSchema: { properties: { text: { type: 'string' }, urgent: { type: 'boolean' } }, required: ['text'] },
    },
    { name: 'frobnicate' },
  ];
  const tools = toolsOfMcp(JSON.stringify({ jsonrpc: '2.0', id: 2, result: { tools: listed } }));
  expect(tools).toEqual(toolsOf(listed));
  const { file } = draftFrom(tools);
  expect(file.tools).toEqual({
    search_tides: {
      about: 'Finds tides',
      does: 'find',
      entity: 'tide',
      by: ['port'],
      returns: ['port', 'height'],
      order: null,
      first: null,
      most: null,
    },
    send_warning: {
      about: null,
      does: 'create',
      entity: 'warning',
      takes: ['text', 'urgent?'],
      effect: null,
      says: null,
    },
    frobnicate: { about: null, does: null, entity: null },
  });
  expect(file.entities.warning.fields).toEqual({ text: null, urgent: { flag: null } });
  expect(() => toolsOfMcp('{"tools": {}}')).toThrow(/no list/);
});

describe('a draft that a person goes through', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-drafts-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is refused by runs while something is open, and makes valid traces once nothing is', () => {
    const { text, file } = draftFrom(toolsOfOpenApi(JSON.stringify(api)).tools);
    writeFileSync(join(folder, 'harbour.yaml'), text);
    expect(() => openCatalogue([folder]).all()).toThrow(
      expect.objectContaining({
        code: 'oracle_domain_draft',
        message: expect.stringMatching(/leaves \d+ things open: about/),
      }),
    );

    // What the person says.
    const because = ['The pilot asked for it.', 'It is for the morning round.', 'The quay is being cleared.'];
    const says = (...each: string[]) => each;
    Object.assign(file, {
      about: 'Ships and where they lie.',
      caller: { roles: ['pilot', 'warden'], tenant: 'berth' },
    });
    Object.assign(file.entities.vessel, { tier: 'internal' });
    Object.assign(file.entities.vessel.fields, {
      name: { name: 'city', unique: false },
      arrives_on: { date: [-20, 20] },
    });
    file.entities.vessel.fields.status.say = { adjective: '{}' };
    file.entities.berth = {
      id: 'BRT',
      rows: 6,
      tier: 'public',
      one: 'berth',
      many: 'berths',
      called: 'name',
      fields: { name: { code: 'Q-##' } },
    };
    delete file.entities.report;
    for (const gone of ['tide_report', 'get_berths']) delete file.tools[gone];
    Object.assign(file.tools.list_vessels, { order: '-arrives_on', first: 'latest' });
    Object.assign(file.tools.post_vessels, {
      about: 'Enters a vessel',
      takes: ['name', 'length'],
      effect: 'write',
      says: says(
        'enter {name} of {length} metres',
        'add {name}, {length} metres long',
        'put down {name} with {length} metres',
      ),
    });
    Object.assign(file.tools.get_vessel, { about: 'Shows a vessel' });
    Object.assign(file.tools.delete_vessel, {
      about: 'Removes a vessel',
      says: says('strike {it} off', 'remove {it}', 'take {it} out of the books'),
    });
    Object.assign(file.tools.archive_vessel, {
      about: 'Lays a vessel up',
      sets: { status: 'laid_up' },
      effect: 'write',
      says: says('lay {it} up', 'archive {it}', 'put {it} away'),
    });
    file.policy = [
      { kind: 'rows', most: 40, says: 'No more than 40 vessels at once.' },
      { kind: 'confirm', tool: 'delete_vessel', says: 'Removing needs a yes.' },
      { kind: 'role', tool: 'archive_vessel', roles: ['warden'], says: 'Wardens lay up.' },
      { kind: 'role', tool: 'post_vessels', roles: ['pilot', 'warden'], says: 'Pilots and wardens enter vessels.' },
    ];
    for (const name of Object.keys(file.intents)) {
      if (file.tools[file.intents[name].goals[0]] === undefined) delete file.intents[name];
      else file.intents[name].because = because;
    }
    const open = { ...file, about: null };
    expect(gapsOf(open).map(({ path }) => path)).toEqual(['about']);
    const whole = stringify(file);
    expect(lacking(whole, (each) => readDomain(each, 'harbour.yaml'))).toEqual([]);
    expect(lacking(stringify({ ...file, policy: [] }), (each) => readDomain(each, 'harbour.yaml'))).not.toEqual([]);

    writeFileSync(join(folder, 'harbour.yaml'), whole);
    const catalogue = openCatalogue([folder]);
    const harbour = catalogue.named('harbour');
    const worlds = (number: number) => catalogue.world(harbour, number);
    for (let index = 0; index < 60; index += 1) {
      const { shape: _, ...trace } = sampleTrace(harbour, {
        seed: 1,
        index,
        shapes: defaultShapes,
        worlds,
        worldCount: 2,
      });
      expect(failuresOf(trace, catalogue)).toEqual([]);
    }
  });
});
