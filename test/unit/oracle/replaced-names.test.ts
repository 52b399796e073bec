import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCatalogue } from '../../../src/main/oracle/catalogue.js';
import { corrupt, corruptions } from '../../../src/main/oracle/corrupt/index.js';
import { seeded } from '../../../src/main/oracle/corrupt/seeded.js';
import { random } from '../../../src/main/oracle/random.js';
import { defaultShapes, sampleTrace } from '../../../src/main/oracle/sampler/sample.js';
import { failuresOf } from '../../../src/main/oracle/validators/index.js';
import { createRedactor, defaultPolicy } from '../../../src/main/redact/index.js';
import type { GoldTrace } from '../../../src/shared/model/gold-trace.js';

const catalogue = openCatalogue([join(import.meta.dirname, '../../../resources/oracle/domains')]);
const redactor = createRedactor({ policy: defaultPolicy, key: Buffer.alloc(32, 7), secrets: [] });
const gated = (trace: GoldTrace): GoldTrace => JSON.parse(redactor.text(JSON.stringify(trace)).text);
const hidden = /<[A-Z_]+_[0-9a-f]{8}>/;

function sampled(index: number): GoldTrace {
  const domain = catalogue.all()[index % catalogue.ids.length] as ReturnType<typeof catalogue.named>;
  const worlds = (number: number) => catalogue.world(domain, number);
  const { shape: _, ...trace } = sampleTrace(domain, { seed: 11, index, shapes: defaultShapes, worlds, worldCount: 4 });
  return structuredClone(trace);
}
const traces = Array.from({ length: 520 }, (_, index) => sampled(index)).filter(
  (trace) => failuresOf(trace, catalogue).length === 0,
);
const named = traces
  .map((trace) => ({ trace, past: gated(trace) }))
  .filter(({ past }) => hidden.test(JSON.stringify(past)));

describe('traces whose people have pseudonyms', () => {
  it('hold as they held before, but where the gate hides a word of the request alone', () => {
    expect(named.length).toBeGreaterThan(100);
    const failing = named.flatMap(({ past }) => failuresOf(past, catalogue).map(({ validator }) => validator));
    expect([...new Set(failing)]).toEqual(['agreement']);
    expect(failing.length / named.length).toBeLessThan(0.04);
  });

  it('are found out like others where something was planted in them', () => {
    const missed: { [kind: string]: number } = {};
    const planted: { [kind: string]: number } = {};
    const look = (kind: string, bad: GoldTrace, by: readonly string[]) => {
      const finds = (each: GoldTrace) => failuresOf(each, catalogue).some(({ validator }) => by.includes(validator));
      if (!finds(bad)) return;
      planted[kind] = (planted[kind] ?? 0) + 1;
      if (!finds(gated(bad))) missed[kind] = (missed[kind] ?? 0) + 1;
    };
    for (const [index, { trace }] of named.slice(0, 60).entries()) {
      const domain = catalogue.named(trace.request.domain);
      const world = catalogue.world(domain, trace.world as number);
      for (const { id, validator, plant } of seeded) {
        const copy = structuredClone(trace);
        if (plant(copy, random('names', id, index))) look(id, copy, [validator]);
      }
      for (const kind of corruptions) {
        const sibling = corrupt(kind, trace, domain, world, 3);
        if (sibling !== null) look(kind.id, sibling, kind.found);
      }
    }
    expect(Object.keys(planted).length).toBeGreaterThan(18);
    expect(missed).toEqual({});
  });

  it('fail where one pseudonym stands for two people, two for one, or a name that is not the row’s stands there', () => {
    const seen = { swapped: 0, renamed: 0, other: 0 };
    const fails = (trace: GoldTrace) =>
      failuresOf(trace, catalogue).some(({ validator }) => validator === 'simulation');
    for (const { past } of named.filter((each) => failuresOf(each.past, catalogue).length === 0)) {
      const places = peopleIn(past.results);
      const [first] = places;
      if (first === undefined) continue;
      const name = first.read();
      first.write('Nobody Known');
      expect(fails(past), past.trace_id).toBe(true);
      seen.other += 1;
      const other = places.find(({ read }) => read() !== name && read() !== 'Nobody Known');
      if (other !== undefined) {
        first.write(other.read());
        expect(fails(past), past.trace_id).toBe(true);
        seen.swapped += 1;
      }
      first.write(name);
      const again = places.slice(1).find(({ read }) => read() === name);
      if (again === undefined) continue;
      again.write('<PERSON_00000000>');
      expect(fails(past), past.trace_id).toBe(true);
      seen.renamed += 1;
    }
    expect(Object.values(seen).every((times) => times > 5)).toBe(true);
  });
});

/** Where rows of results name people by pseudonyms. */
function peopleIn(value: unknown): { read(): string; write(name: string): void }[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const row = value as { [key: string]: unknown };
    if (typeof each !== 'string') return peopleIn(each);
    if (!/^<PERSON_[0-9a-f]{8}>$/.test(each)) return [];
    return [{ read: () => row[key] as string, write: (name: string) => (row[key] = name) }];
  });
}
