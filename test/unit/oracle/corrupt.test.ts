import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCatalogue } from '../../../src/main/oracle/catalogue.js';
import { corrupt, corruptions } from '../../../src/main/oracle/corrupt/index.js';
import { calibrate } from '../../../src/main/oracle/runs/calibration.js';
import { defaultShapes, sampleTrace } from '../../../src/main/oracle/sampler/sample.js';
import { failuresOf, validators } from '../../../src/main/oracle/validators/index.js';

const catalogue = openCatalogue([join(import.meta.dirname, '../../../resources/oracle/domains')]);

const golds = catalogue.all().flatMap((domain) =>
  Array.from({ length: 8 }, (_, index) => {
    const { shape: _shape, ...trace } = sampleTrace(domain, {
      seed: 11,
      index,
      shapes: defaultShapes,
      worlds: (number) => catalogue.world(domain, number),
      worldCount: 2,
    });
    return { domain, trace };
  }),
);

describe.each(corruptions.map((kind) => [kind.id, kind] as const))('%s', (_, kind) => {
  const siblings = golds.flatMap(({ domain, trace }) => {
    const sibling = corrupt(kind, trace, domain, catalogue.world(domain, trace.world as number), 1);
    return sibling === null ? [] : [{ trace, sibling }];
  });

  test('is made of traces of several domains, says of which, and leaves them as they are', () => {
    expect(new Set(siblings.map(({ trace }) => trace.request.domain)).size).toBeGreaterThan(3);
    for (const { trace, sibling } of siblings.slice(0, 20)) {
      expect(sibling).toMatchObject({ validated: false, corrupted: { kind: kind.id, gold: trace.trace_id } });
      expect(failuresOf(trace, catalogue)).toEqual([]);
    }
  });

  test('is found by the validators that are there for it', () => {
    const missed = siblings.filter(
      ({ sibling }) => !failuresOf(sibling, catalogue).some(({ validator }) => kind.found.includes(validator)),
    );
    expect(missed.map(({ sibling }) => sibling.corrupted.what)).toEqual([]);
  });
});

test('what is planted in each validator is found', () => {
  const { validators: recall } = calibrate(catalogue, catalogue.all(), 3);
  expect(Object.keys(recall).sort()).toEqual(['shape', ...validators.map(({ id }) => id)].sort());
  for (const [name, { planted, found }] of Object.entries(recall)) {
    expect(planted, name).toBeGreaterThan(10);
    expect(found / planted, name).toBeGreaterThanOrEqual(0.99);
  }
});
