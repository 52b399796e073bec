import * as z from 'zod';
import { parseJson } from '../../ground/json.js';
import { partsIn } from '../manifest.js';

const named = z.object({ name: z.string() });
const manifestSchema = z.object({
  generator: z.literal('sluice'),
  files: z.array(named),
  beside: z.array(named).optional(),
  provenance: named.optional(),
  consent: z.object({ file: named.nullable() }).optional(),
  augmentation: z.object({ file: named }).optional(),
});

/**
 * Files at the Hub that an earlier version put there and that this one does not have: readers would take their rows for this one's.
 * What anybody else put there stays.
 * @param manifest manifest.json as it lies there
 */
export function leftBehind(
  manifest: string,
  there: readonly { path: string }[],
  wanted: ReadonlySet<string>,
): string[] {
  const parts = partsIn(manifest);
  const folders = (parts ?? []).map((part) => `${part}/`);
  const before = manifestSchema.safeParse(parseJson(manifest)).data;
  const { files = [], beside = [], provenance, consent, augmentation } = parts === null ? (before ?? {}) : {};
  const names = new Set(
    [...files, ...beside, provenance, consent?.file, augmentation?.file].flatMap((each) => each?.name ?? []),
  );
  // A list of tasks has a folder of its name.
  for (const { name } of files) if (name.endsWith('.jsonl')) folders.push(`${name.slice(0, -'.jsonl'.length)}/`);
  if (parts !== null || before !== undefined) names.add('leaks.json');
  return there
    .map(({ path }) => path)
    .filter((path) => !wanted.has(path) && (names.has(path) || folders.some((folder) => path.startsWith(folder))));
}
