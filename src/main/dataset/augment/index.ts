import type { AugmenterId } from '../../../shared/model/index.js';
import { dice } from '../../ground/dice.js';
import { byId, listOf } from '../../ground/list.js';
import type { Example } from '../examples/example.js';
import type { Augmenter, AugmenterSource, Derived } from './augmenter.js';
import { contextEnrichment } from './context-enrichment.js';
import { difficultyLevels } from './difficulty.js';
import { edgeCases } from './edge-cases.js';
import { failureInjection } from './failure-injection.js';
import { outcomeAnnotation } from './outcome-annotation.js';
import { performanceMetrics } from './performance-metrics.js';
import { reasoningExpansion } from './reasoning-expansion.js';
import { scenarioVariations } from './scenario-variations.js';

/** Every way to make further examples. */
export const augmenters: { readonly [Id in AugmenterId]: Augmenter } = byId(
  listOf('augmenters', [
    contextEnrichment,
    outcomeAnnotation,
    performanceMetrics,
    difficultyLevels,
    scenarioVariations,
    failureInjection,
    edgeCases,
    reasoningExpansion,
  ]),
);

/** What an augmenter makes of an example; the same seed and store give the same. */
export function derive(id: AugmenterId, example: Example, seed: number, source: AugmenterSource): Iterable<Derived> {
  const augmenter: Augmenter = augmenters[id];
  return augmenter.derive(
    example,
    dice(seed, id, example.trace.trace_id, example.call.call_id, example.expected),
    source,
  );
}
