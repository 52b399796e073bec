import type { DatasetDefinition, DatasetPreview } from '../../../shared/model/index.js';
import { pairsOf } from '../pairs.js';
import { previewPairs } from '../preview.js';
import type { ExportSource } from '../source.js';

/** What the next version would give: three whole rows of each pair. Throws `usage` for a pair without sense, and as `previewPairs` does. */
export async function previewDefinition(
  { packages, layouts, ...options }: DatasetDefinition,
  source: ExportSource,
): Promise<DatasetPreview> {
  const pairs = pairsOf({ packages, layouts });
  const previews = await previewPairs(
    pairs.map(({ package: pack, layout }) => ({
      ...options,
      ...(pack === null ? {} : { package: pack }),
      layout,
      whole: true,
    })),
    source,
  );
  return previews.map((preview, at) => ({ ...(pairs[at] as (typeof pairs)[number]), ...preview }));
}
