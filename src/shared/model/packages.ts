import * as z from 'zod';

/** What can be taken from traces as examples, underscores accepted (`datasetIdOf`). */
export const packageIds = [
  'conversations',
  'decision-making',
  'tool-selection',
  'error-handling',
  'workflow-optimization',
  'multi-agent-coordination',
  'domain-specific',
  'performance-optimization',
  'quality-improvement',
  'user-interaction',
  'process-supervision',
  'preference',
  'kd-mix',
  'harbor-task',
  'judge-training',
] as const;
export type PackageId = (typeof packageIds)[number];

/** Ways to make further examples of those that were captured. */
export const augmenterIds = [
  'context-enrichment',
  'outcome-annotation',
  'performance-metrics',
  'difficulty-levels',
  'scenario-variations',
  'failure-injection',
  'edge-cases',
  'reasoning-expansion',
] as const;
export type AugmenterId = (typeof augmenterIds)[number];

/** What is made besides of captured examples, in rows of their own. */
export const augmentationSchema = z.object({
  ids: z.array(z.enum(augmenterIds, { error: `one of ${augmenterIds.join(', ')}` })).min(1),
  /** Of all rows of a split, at most. */
  share: z.number().positive().max(0.9).default(0.2),
  seed: z.number().int().default(0),
  /** Only what is derived is written. */
  only: z.boolean().optional(),
});
export type Augmentation = z.infer<typeof augmentationSchema>;

/** Ids of packages, layouts and trainers are written with hyphens; who writes underscores means the same. */
export function datasetIdOf(name: string): string {
  return name.trim().replaceAll('_', '-');
}
