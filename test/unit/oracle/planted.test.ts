import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCatalogue } from '../../../src/main/oracle/catalogue.js';
import { corrupt, corruptions } from '../../../src/main/oracle/corrupt/index.js';
import { plantedIn } from '../../../src/main/oracle/corrupt/planted.js';
import { defaultShapes, sampleTrace } from '../../../src/main/oracle/sampler/sample.js';
import { emptyStore, importedStore, jsonl } from '../../support/imported.js';

const catalogue = openCatalogue([join(import.meta.dirname, '../../../resources/oracle/domains')]);
/** Two traces for each kind that have room for it, of whatever domain. */
const golds = corruptions.flatMap((kind) => {
  const found: ReturnType<typeof goldOf>[] = [];
  for (let index = 0; found.length < 2 && index < 300; index += 1) {
    const gold = goldOf(catalogue.ids[(index * 7) % catalogue.ids.length] as string, index);
    if (siblingOf(kind, gold) !== null) found.push(gold);
  }
  return found;
});

function goldOf(id: string, index: number) {
  const domain = catalogue.named(id);
  const worlds = (number: number) => catalogue.world(domain, number);
  const of = { seed: 21, index, shapes: defaultShapes, worlds, worldCount: 2 };
  const { shape: _shape, ...trace } = sampleTrace(domain, of);
  return trace;
}

function siblingOf(kind: (typeof corruptions)[number], gold: ReturnType<typeof goldOf>) {
  const domain = catalogue.named(gold.request.domain);
  return corrupt(kind, gold, domain, catalogue.world(domain, gold.world ?? 0), 1);
}

let empty: ReturnType<typeof emptyStore>;
beforeAll(() => {
  empty = emptyStore();
});
afterAll(() => empty[Symbol.dispose]());

it('plants every kind into gold traces as the store has them: only what differs is made anew', async () => {
  using store = importedStore(empty.file);
  await store.take(jsonl(golds), 'gold.jsonl');
  const clean = (text: string) => text;
  const kinds = new Map<string, number>();
  for (const trace of store.traces()) {
    for (const { kind, what, step_id, clean: before, wrong } of plantedIn(catalogue, trace, clean)) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      expect(wrong, what).not.toEqual(before);
      const at = wrong.findIndex((step) => step.step_id === step_id);
      expect(wrong[at]?.type, what).toBe('tool_call');
      const calls = (steps: typeof wrong) =>
        steps.flatMap((step) => (step.type === 'tool_call' || step.type === 'tool_result' ? [step] : []));
      expect(calls(before)).toEqual(calls(trace.steps));
      const task = (steps: typeof wrong) => steps.find((step) => step.type === 'message');
      expect(task(wrong)).toMatchObject({ content: expect.stringContaining('The policy:') });
      if (kind !== 'policy-boundary') expect(task(wrong)).toEqual(task(before));
      expect(new Set(wrong.map((step) => step.step_id)).size, what).toBe(wrong.length);
    }
  }
  expect([...kinds.keys()].sort()).toEqual(corruptions.map(({ id }) => id).sort());
});

it('plants nothing into what goes wrong already, nor into what is no gold trace', async () => {
  const siblings = corruptions.flatMap((kind) => siblingOf(kind, golds[0] as (typeof golds)[number]) ?? []);
  expect(siblings.length).toBeGreaterThan(1);
  using store = importedStore(empty.file);
  await store.take(jsonl(siblings), 'wrong.jsonl');
  for (const trace of store.traces()) {
    expect(plantedIn(catalogue, trace, (text) => text)).toEqual([]);
    const steps = trace.steps.filter(({ type }) => type !== 'state_change');
    expect(plantedIn(catalogue, { ...trace, steps }, (text) => text)).toEqual([]);
  }
});
