import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readDomain } from '../../../src/main/oracle/domains/load.js';
import { applies } from '../../../src/main/oracle/policies/index.js';
import { defaultShapes, sampleTrace } from '../../../src/main/oracle/sampler/sample.js';
import { replay } from '../../../src/main/oracle/simulator/replay.js';
import { type World, worldOf } from '../../../src/main/oracle/world/world.js';

const folder = join(import.meta.dirname, '../../../resources/oracle/domains');
const domains = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readDomain(readFileSync(join(folder, name), 'utf8'), name));

/** Requests of each intent. */
const each = 24;

describe.each(domains.map((domain) => [domain.id, domain] as const))('the domain %s', (_, domain) => {
  const worlds = new Map<number, World>();
  const world = (number: number) => {
    const kept = worlds.get(number) ?? worldOf(domain, number);
    worlds.set(number, kept);
    return kept;
  };
  const intents = Object.keys(domain.file.intents);
  const traces = intents.flatMap((intent) =>
    Array.from({ length: each }, (_, index) =>
      sampleTrace(domain, { seed: 7, index, shapes: defaultShapes, worlds: world, worldCount: 6, intent }),
    ),
  );

  test('has tools, intents and rules enough, and requests of each intent', () => {
    expect(domain.tools.size).toBeGreaterThanOrEqual(5);
    expect(intents.length).toBeGreaterThanOrEqual(6);
    expect(domain.rules.length).toBeGreaterThanOrEqual(5);
    expect(new Set(domain.rules.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(4);
    expect(new Set(intents.map((intent) => domain.file.intents[intent]?.category)).size).toBeGreaterThanOrEqual(4);
    for (const { request } of traces) {
      expect(request.text).not.toMatch(/[{}]|undefined|\bnull\b| {2}|\s[,.?!]/);
    }
  });

  test('uses every tool in two intents at least', () => {
    const forbidden = domain.rules.flatMap((rule) => (rule.kind === 'forbid' ? [rule.tool] : []));
    const allowed = [...domain.tools.values()].filter(({ name }) => !forbidden.includes(name));
    const used = new Map(allowed.map(({ id }) => [id, new Set<string>()]));
    for (const { graph, request } of traces)
      for (const { tool_id } of graph.calls) used.get(tool_id)?.add(request.intent as string);
    expect([...used].flatMap(([id, by]) => (by.size < 2 ? [`${id}: ${[...by].join(', ')}`] : []))).toEqual([]);
  });

  test('feeds every argument that is an id from a result', () => {
    const given = new Set([domain.file.caller.tenant]);
    for (const { file, entity } of domain.tools.values()) {
      given.add(entity);
      for (const key of 'returns' in file ? file.returns : []) {
        const field = domain.file.entities[entity]?.fields[key];
        if (field && 'ref' in field) given.add(field.ref);
      }
    }
    const asked = [...domain.tools.values()].flatMap(({ id, arguments: all }) =>
      all.flatMap(({ name, ref }) => (ref !== null && !given.has(ref) ? [`${id}: ${name}`] : [])),
    );
    expect(asked).toEqual([]);
  });

  test('has requests to which each rule of its policy applies', () => {
    const trials = traces.map((trace) => replay(domain, world(trace.world as number), trace).trial);
    const idle = domain.rules.filter((rule) => !trials.some((trial) => applies(rule, trial)));
    expect(idle).toEqual([]);
  });

  test('makes calls of every shape', () => {
    const shapes = Object.groupBy(traces, ({ shape }) => shape);
    expect(Object.keys(shapes).sort()).toEqual(expect.arrayContaining(['chain', 'dag', 'single']));
    expect((shapes.dag ?? []).length / traces.length).toBeGreaterThanOrEqual(0.15);
    expect(traces.reduce((sum, { graph }) => sum + graph.calls.length, 0) / traces.length).toBeGreaterThanOrEqual(1.7);
  });

  test('asks in many words', () => {
    const skeletons = new Set(traces.map(({ request }) => request.text.replaceAll(/\d+/g, '0')));
    expect(skeletons.size / traces.length).toBeGreaterThan(0.9);
  });
});

test('there are as many as were promised', () => {
  expect(domains.length).toBeGreaterThanOrEqual(50);
  expect(domains.reduce((sum, { tools }) => sum + tools.size, 0)).toBeGreaterThanOrEqual(245);
});

test('no domain is another one with its nouns swapped', () => {
  const names = domains.map(({ tools }) => new Set(tools.keys()));
  for (const [index, a] of names.entries())
    for (const [at, b] of names.entries()) {
      if (at <= index) continue;
      const shared = [...a].filter((name) => b.has(name));
      expect(
        shared.length / Math.min(a.size, b.size),
        `${domains[index]?.id} and ${domains[at]?.id} share ${shared.join(', ')}`,
      ).toBeLessThan(0.05);
    }
  const properties = (domain: (typeof domains)[number]) =>
    new Set(
      [...domain.tools.values()].flatMap(({ parameters }) =>
        Object.entries(parameters['properties'] as object).map((entry) => JSON.stringify(entry)),
      ),
    );
  const sets = domains.map(properties);
  for (const [index, a] of sets.entries())
    for (const [at, b] of sets.entries()) {
      if (at <= index) continue;
      const shared = [...a].filter((each) => b.has(each)).length;
      expect(shared / (a.size + b.size - shared), `${domains[index]?.id} and ${domains[at]?.id}`).toBeLessThan(0.5);
    }
});
