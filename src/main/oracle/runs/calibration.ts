import type { OpenCatalogue } from '../catalogue.js';
import { corrupt, corruptions } from '../corrupt/index.js';
import { seeded } from '../corrupt/seeded.js';
import type { Domain } from '../domains/domain.js';
import { random } from '../random.js';
import { defaultShapes, sampleTrace } from '../sampler/sample.js';
import { failuresOf } from '../validators/index.js';

/** How many violations were planted, and how many of them were found. */
export interface Recall {
  planted: number;
  found: number;
}

/** Traces that violations are planted in: each kind in each of them, where it has a place. */
const mostTraces = 156;

/**
 * Plants known violations in valid traces of a run's domains and looks which are found: by validator, and by the kind that was planted. A
 * corruption counts for the validator that is named first among those that may find it.
 */
export function calibrate(catalogue: OpenCatalogue, domains: readonly Domain[], seed: number) {
  const validators: { [validator: string]: Recall } = {};
  const kinds: { [kind: string]: Recall } = {};
  const count = (to: { [key: string]: Recall }, key: string, found: boolean) => {
    to[key] ??= { planted: 0, found: 0 };
    to[key].planted += 1;
    if (found) to[key].found += 1;
  };
  for (let index = 0; index < mostTraces; index += 1) {
    const domain = domains[index % domains.length] as Domain;
    const worlds = (number: number) => catalogue.world(domain, number);
    const { shape: _, ...trace } = sampleTrace(domain, {
      seed: seed + 7919,
      index,
      shapes: defaultShapes,
      worlds,
      worldCount: 4,
    });
    if (failuresOf(trace, catalogue).length > 0) continue;
    for (const { id, validator, plant } of seeded) {
      const copy = structuredClone(trace);
      if (!plant(copy, random('seeded', seed, id, index))) continue;
      const found = failuresOf(copy, catalogue).some((failure) => failure.validator === validator);
      count(validators, validator, found);
      count(kinds, id, found);
    }
    for (const kind of corruptions) {
      const sibling = corrupt(kind, trace, domain, worlds(trace.world as number), seed);
      if (sibling === null) continue;
      const failed = failuresOf(sibling, catalogue);
      const found = failed.some(({ validator }) => kind.found.includes(validator));
      count(validators, kind.found[0] as string, found);
      count(kinds, kind.id, found);
    }
  }
  return { validators, kinds };
}
