import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as z from 'zod';
import type { DatasetName } from '../../../shared/model/index.js';
import type { Layout } from '../layouts/layout.js';
import type { Manifest } from '../manifest.js';
import { own } from '../own.js';
import type { Package } from '../packages/package.js';
import { croissantText } from './croissant.js';
import type { Quality } from './figures.js';
import { qualityText } from './quality.js';
import { schemaJson, schemaText } from './schema.js';
import { usageText } from './usage.js';
import { versionsJson, versionsText } from './versions.js';

/** What stands beside the data of a part. */
export interface PartStory {
  layout: Layout;
  pack: Package | null;
  shape: z.ZodObject;
  manifest: Manifest;
  quality: Quality;
  dataset: DatasetName | null;
}

/** Writes the texts beside the data, but for the card, and says what they are. */
export async function writeReports(folder: string, story: PartStory): Promise<NonNullable<Manifest['beside']>> {
  const { manifest, quality } = story;
  const texts = {
    'SCHEMA.md': schemaText(story),
    'schema.json': json(schemaJson(story)),
    'QUALITY.md': qualityText(quality),
    'quality.json': json(quality),
    'USAGE.md': usageText(story),
    'VERSIONS.md': versionsText(story),
    'versions.json': json(versionsJson(story)),
    'croissant.json': croissantText(manifest),
  };
  const written: NonNullable<Manifest['beside']> = [];
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(join(folder, name), text, own);
    written.push({ name, bytes: Buffer.byteLength(text), sha256: hash('sha256', text) });
  }
  return written;
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
