import type * as z from 'zod';
import type { DatasetName } from '../../../shared/model/index.js';
import type { Layout } from '../layouts/layout.js';
import type { Manifest } from '../manifest.js';
import type { Package } from '../packages/package.js';
import type { Quality } from './figures.js';

/** What stands beside the data of a part. */
export interface PartStory {
  layout: Layout;
  pack: Package | null;
  shape: z.ZodObject;
  manifest: Manifest;
  quality: Quality;
  dataset: DatasetName | null;
}
