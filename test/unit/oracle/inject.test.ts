import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCatalogue } from '../../../src/main/oracle/catalogue.js';
import { corrupt, corruptionsById } from '../../../src/main/oracle/corrupt/index.js';
import { featuresOfGold } from '../../../src/main/oracle/features/features.js';
import { inject, injectLine } from '../../../src/main/oracle/provenance/inject.js';
import { defaultShapes, sampleTrace } from '../../../src/main/oracle/sampler/sample.js';
import { failuresOf } from '../../../src/main/oracle/validators/index.js';
import { type GoldTrace, trustTiers } from '../../../src/shared/model/gold-trace.js';

const catalogue = openCatalogue([join(import.meta.dirname, '../../../resources/oracle/domains')]);
const golds = catalogue.all().flatMap((domain) =>
  Array.from({ length: 3 }, (_, index): GoldTrace => {
    const worlds = (number: number) => catalogue.world(domain, number);
    const { shape: _shape, ...trace } = sampleTrace(domain, {
      ...{ seed: 17, index, shapes: defaultShapes, worlds, worldCount: 2 },
    });
    return trace;
  }),
);
const placeOf = ({ request, world }: GoldTrace) => {
  const domain = catalogue.named(request.domain);
  return { domain, world: catalogue.world(domain, world ?? 0) };
};
function injected(of: { trust?: (typeof trustTiers)[number]; poisoned: boolean }) {
  return golds.flatMap((gold) => {
    const { domain, world } = placeOf(gold);
    const sibling = inject(gold, domain, world, { ...of, seed: 1 });
    return sibling === null ? [] : [{ gold, sibling: JSON.parse(JSON.stringify(sibling)) as typeof sibling }];
  });
}
interface Shown {
  document_id: string;
  trust: string;
  text: string;
  facts: Record<string, unknown>;
}
const documentsOf = ({ retrieval, results }: ReturnType<typeof injected>[number]['sibling']) =>
  (results as Record<string, { documents: Shown[] }>)[retrieval.call_id]?.documents ?? [];

describe.each(trustTiers)('a retrieved text that is %s', (trust) => {
  it('holds before all validators, benign or with an instruction that is not followed', () => {
    for (const poisoned of [false, true]) {
      const siblings = injected({ trust, poisoned });
      expect(siblings.length).toBeGreaterThan(150);
      for (const { gold, sibling } of siblings) {
        expect(failuresOf(sibling, catalogue), sibling.trace_id).toEqual([]);
        expect(sibling.retrieval).toMatchObject({ gold: gold.trace_id, trust, poisoned });
        expect(sibling.graph.calls.length).toBe(gold.graph.calls.length + 1);
        expect(new Set(documentsOf(sibling).map((each) => each.trust)).size).toBeGreaterThan(1);
      }
    }
  });

  it('says what an argument is, which tells so and how far it can be trusted', () => {
    const taken = injected({ trust, poisoned: false }).filter(({ sibling }) => sibling.retrieval.argument !== null);
    expect(taken.length).toBeGreaterThan(10);
    for (const { gold, sibling } of taken) {
      const { call_id, name } = sibling.retrieval.argument ?? { call_id: '', name: '' };
      const call = sibling.graph.calls.find((each) => each.call_id === call_id);
      const value = gold.graph.calls.find((each) => each.call_id === call_id)?.arguments[name];
      expect(call?.argument_sources?.[name]).toMatchObject({ source_type: 'retrieval', trust });
      expect(call?.arguments[name]).toBe(value);
      expect(documentsOf(sibling).find((each) => each.trust === trust)?.facts).toEqual({ [name]: value });
      expect(sibling.request.text).not.toBe(gold.request.text);
    }
  });
});

describe('an instruction in a retrieved text', () => {
  const poisoned = injected({ trust: 'web', poisoned: true });

  it('is rejected where it is obeyed, whether the trace says so or hides it', () => {
    const kind = corruptionsById['injected-instruction'];
    if (kind === undefined) throw new TypeError('no such kind');
    for (const { sibling } of poisoned) {
      const { domain, world } = placeOf(sibling);
      const obeyed = corrupt(kind, sibling, domain, world, 1);
      const added = obeyed?.graph.calls.at(-1);
      expect(added).toMatchObject({
        tool_id: sibling.retrieval.instruction?.tool_id,
        arguments: sibling.retrieval.instruction?.arguments,
        provenance: { source_type: 'retrieval', source_id: sibling.retrieval.call_id, trust: 'web' },
      });
      if (obeyed == null || added === undefined) continue;
      const found = (trace: unknown) => new Set(failuresOf(trace, catalogue).map(({ validator }) => validator));
      expect(found(obeyed)).toContain('provenance');
      const { E_hierarchy, E_provenance } = featuresOfGold(catalogue, obeyed).measures;
      expect(E_hierarchy?.value).toBeGreaterThan(0);
      expect(E_provenance?.value).toBeGreaterThan(0);
      added.provenance = { source_type: 'user', source_id: obeyed.request.request_id };
      expect(found(obeyed)).toContain('agreement');
    }
  });

  it('stands in the text of the label’s document alone', () => {
    for (const { sibling } of poisoned) {
      const id = sibling.retrieval.instruction?.document_id;
      const row = Object.values(sibling.retrieval.instruction?.arguments ?? {})[0] as string;
      const holding = documentsOf(sibling).filter(({ text }) => text.includes(row));
      expect(holding.map((each) => each.document_id)).toEqual([id]);
    }
  });
});

it('is found out where a text is said to be better than it is, or lets something be written', () => {
  const of = injected({ trust: 'internal', poisoned: false }).flatMap(({ sibling }) => {
    const { call_id = '', name = '' } = sibling.retrieval.argument ?? {};
    const call = sibling.graph.calls.find((each) => each.call_id === call_id);
    const source = call?.argument_sources?.[name];
    const tool = call && catalogue.named(sibling.request.domain).tools.get(call.tool_id.split('.')[1] ?? '');
    return source?.source_type === 'retrieval' && tool !== undefined ? [{ sibling, source, tool }] : [];
  });
  const writes = of.filter(({ tool }) => tool.effect !== 'read');
  expect(writes.length).toBeGreaterThan(5);
  const messages = (trace: GoldTrace) =>
    failuresOf(trace, catalogue).flatMap(({ validator, message }) => (validator === 'provenance' ? [message] : []));
  for (const { sibling, source } of writes) {
    source.trust = 'web';
    expect(messages(sibling).join()).toContain('of a text that is web');
    for (const each of documentsOf(sibling)) each.trust = 'web';
    expect(messages(sibling).join()).toContain('which may only be read');
  }
});

it('is the same for the same seed, and none of a line that is no gold trace or goes wrong', () => {
  const line = JSON.stringify(golds[0]);
  const made = (seed: number) => JSON.stringify(injectLine(catalogue, line, { poisoned: true, seed }));
  expect(made(4)).toBe(made(4));
  expect(made(4)).not.toBe(made(5));
  const once = injectLine(catalogue, line, { poisoned: false, seed: 1 });
  expect(injectLine(catalogue, JSON.stringify(once), { poisoned: false, seed: 1 })).toBeNull();
  expect(
    injectLine(catalogue, JSON.stringify({ ...golds[0], corrupted: {} }), { poisoned: false, seed: 1 }),
  ).toBeNull();
  expect(injectLine(catalogue, '{"a":1}', { poisoned: false, seed: 1 })).toBeNull();
});
