import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import {
  type EmptyPart,
  type ExportOptions,
  type ExportPrivacy,
  layoutIds,
  type PackageId,
  type TrainerSummary,
  writtenFormatIds,
} from '../../shared/model/index.js';
import { parseJson } from '../ground/json.js';
import { type AugmentationManifest, derivedFile } from './augment/augmenting.js';
import { type Column, columnSchema } from './columns.js';
import { type ConsentManifest, sideFile } from './consent.js';
import type { WrittenFile } from './formats/format.js';
import { own } from './own.js';
import { provenanceFile } from './provenance.js';
import { type Signer, signatureFile } from './signing.js';

/** What manifest.json says of a dataset. It holds no time of making, so that equal data gives equal bytes. */
export interface Manifest {
  format_version: 1;
  generator: 'sluice';
  /** Absent: an export without a name. */
  dataset?: { name: string; version: number };
  /** Whose examples the rows are made of; absent: what the layout takes by itself. */
  package?: PackageId;
  layout: ExportOptions['layout'];
  format: ExportOptions['format'];
  /** How the files are packed; absent: as the format does. */
  compress?: ExportOptions['compress'];
  query: string;
  /** How many traces were picked one by one: of what the query finds only they were meant. Absent where all were. */
  picked?: number;
  seed: number;
  /** Shares by split; null where the dataset is one file. */
  split: { [name: string]: number } | null;
  columns: Column[];
  traces: number;
  rows: number;
  /**
   * The state of the traces that gave rows: SHA-256 over a line `trace_id revision` of each, in the order of the rows. While
   * it comes out the same, an export of the same query has nothing new.
   */
  revisions_sha256: string;
  /** Traces that gave no row, and branches of those that did, by reason. */
  skipped: { [reason: string]: number };
  /** How many of these are branches; absent where there is none. */
  skipped_branches?: { [reason: string]: number };
  /** What was derived of it, and where each such row says so; absent: every row is as it was captured. */
  augmentation?: AugmentationManifest & { file: { name: string } & WrittenFile };
  consent: ConsentManifest;
  privacy: ExportPrivacy;
  /** What the trainer that was named would lose; the first findings stand in trainer-report.jsonl. */
  trainer?: TrainerSummary;
  /** The root over the rows of all files (`rootOf` in merkle.ts); absent in datasets of before. */
  rows_root?: string;
  /** The file that says where each row comes from; absent in datasets of before. */
  provenance?: { name: string } & WrittenFile;
  /** Texts beside the data, but for leaks.json; absent in datasets of before. */
  beside?: { name: string; bytes: number; sha256: string }[];
  /** Traces are counted in the first file of a split. `absent`: columns that no row of a file of lines has. */
  files: ({ name: string; split: string; traces: number; rows_root?: string; absent?: string[] } & WrittenFile)[];
}

/** The manifest of a part, and where it stands in the dataset's folder; '' where the dataset is one part. */
export interface PartManifest extends Manifest {
  folder: string;
}

/** What manifest.json says of a dataset of several parts, beside what each says of itself in its folder. */
export interface BuildManifest {
  format_version: 1;
  generator: 'sluice';
  parts: { folder: string; package: PackageId | null; layout: ExportOptions['layout']; rows: number; traces: number }[];
  traces: number;
  rows: number;
  /** Data files of all parts by their path in the folder. */
  files: { name: string; rows: number; bytes: number; sha256: string }[];
  /** What was ordered too and got no row. */
  empty?: EmptyPart[];
  /** The card of all parts; absent in datasets of before. */
  beside?: { name: string; bytes: number; sha256: string }[];
}

export function buildManifest(
  parts: readonly PartManifest[],
  traces: number,
  empty: readonly EmptyPart[],
  card: string | null,
): BuildManifest {
  return {
    format_version: 1,
    generator: 'sluice',
    parts: parts.map(({ folder, package: pack, layout, rows, traces: traceCount }) => ({
      folder,
      package: pack ?? null,
      layout,
      rows,
      traces: traceCount,
    })),
    traces,
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    files: parts.flatMap(filesOf),
    ...(empty.length === 0 ? {} : { empty: [...empty] }),
    ...(card === null ? {} : { beside: [besideOf('README.md', card)] }),
  };
}

/** What a manifest says of a text beside the data. */
export function besideOf(name: string, text: string): { name: string; bytes: number; sha256: string } {
  return { name, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') };
}

/** The data files of a part by their path in the dataset's folder. */
export function filesOf({ folder, files }: PartManifest): BuildManifest['files'] {
  return files.map(({ name, rows, bytes, sha256 }) => ({
    name: folder === '' ? name : `${folder}/${name}`,
    rows,
    bytes,
    sha256,
  }));
}

export function manifestText(manifest: Manifest | BuildManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** manifest.json and its signature. */
export async function writeSigned(folder: string, text: string, signer: Signer): Promise<void> {
  await writeFile(join(folder, 'manifest.json'), text, own);
  await writeFile(join(folder, signatureFile), signer.signature(text), own);
}

const countSchema = z.number().int().nonnegative();
const writtenSchema = z.object({ rows: countSchema, bytes: countSchema, sha256: z.string() });
/** As far as a manifest is followed; everything else in it is carried along. */
const manifestSchema = z.looseObject({
  format_version: z.literal(1),
  generator: z.literal('sluice'),
  layout: z.enum(layoutIds),
  format: z.enum(writtenFormatIds),
  query: z.string(),
  columns: z.array(columnSchema),
  rows: countSchema,
  consent: z.looseObject({ file: writtenSchema.extend({ name: z.literal(sideFile) }).nullable() }).optional(),
  augmentation: z.looseObject({ file: writtenSchema.extend({ name: z.literal(derivedFile) }) }).optional(),
  provenance: writtenSchema.extend({ name: z.literal(provenanceFile) }).optional(),
  files: z.array(writtenSchema.loose().extend({ name: z.string() })),
});

/**
 * A manifest that others may have edited since: it must describe the files that are known to have been written, and no other;
 * null: nobody knows them.
 * @throws SluiceError `validation_failed`
 */
export function parseManifest(text: string, fileNames: readonly string[] | null): Manifest {
  const json = parseJson(text);
  const parsed = manifestSchema.safeParse(json);
  const named = parsed.data?.files.map(({ name }) => name).sort();
  const recordedNames = fileNames && [...fileNames].sort();
  if (parsed.success && (recordedNames === null || JSON.stringify(named) === JSON.stringify(recordedNames)))
    // As it lies there: what is not followed keeps its place.
    return json as unknown as Manifest;
  throw new SluiceError(
    'validation_failed',
    'manifest.json is no longer what the export wrote; nothing was changed in its folder.',
  );
}

/** A name that an export gives to a file of data: in its folder or one in it, and nowhere else. */
export function isDataName(name: string): boolean {
  return /^(?:[a-z0-9_-]+\/)?[a-z0-9_-]+(?:\.[a-z0-9]+){1,2}$/.test(name);
}

const buildSchema = z.looseObject({
  format_version: z.literal(1),
  generator: z.literal('sluice'),
  parts: z.array(z.looseObject({ folder: z.string().regex(/^[a-z0-9-]+(?:\/[a-z0-9-]+)?$/) })).min(1),
});

/** The folders of the parts of a dataset of several, as its manifest.json names them; null where it is one part. */
export function partsIn(text: string): string[] | null {
  return buildSchema.safeParse(parseJson(text)).data?.parts.map(({ folder }) => folder) ?? null;
}
