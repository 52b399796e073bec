/** What can be taken from traces as examples, underscores accepted (`datasetIdOf`). */
export const packageIds = ['conversations'] as const;
export type PackageId = (typeof packageIds)[number];

/** Ids of packages, layouts and trainers are written with hyphens; who writes underscores means the same. */
export function datasetIdOf(given: string): string {
  return given.trim().replaceAll('_', '-');
}
