import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../manifest.js';
import { own } from '../own.js';
import { croissantText } from './croissant.js';
import type { Quality } from './figures.js';
import { plotsOf } from './plots.js';
import { qualityText } from './quality.js';
import { schemaJson, schemaText } from './schema.js';
import type { PartStory } from './story.js';
import { usageText } from './usage.js';
import { versionsJson, versionsText } from './versions.js';

/** Writes the texts beside the data, but for the card, and says what they are. */
export async function writeReports(folder: string, story: PartStory): Promise<NonNullable<Manifest['beside']>> {
  const { manifest, quality } = story;
  const texts = {
    'SCHEMA.md': schemaText(story),
    'schema.json': json(schemaJson(story)),
    ...qualityTexts(quality),
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

/** The figures of a dataset, for programs and for people, and their plots. */
export function qualityTexts(quality: Quality): { [name: string]: string } {
  const plots = plotsOf(quality);
  return { 'QUALITY.md': qualityText(quality, Object.keys(plots)), [qualityFile]: json(quality), ...plots };
}

export const qualityFile = 'quality.json';

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
