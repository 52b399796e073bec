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
] as const;
export type AugmenterId = (typeof augmenterIds)[number];

/** Ids of packages, layouts and trainers are written with hyphens; who writes underscores means the same. */
export function datasetIdOf(given: string): string {
  return given.trim().replaceAll('_', '-');
}
