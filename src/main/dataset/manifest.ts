import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import {
  type ExportOptions,
  type ExportPrivacy,
  fileFormatIds,
  layoutIds,
  type PackageId,
} from '../../shared/model/index.js';
import { parseJson } from '../ground/json.js';
import { type Column, columnSchema } from './columns.js';
import { type ConsentManifest, sideFile } from './consent.js';

/** What manifest.json says of a dataset. It holds no time of making, so that equal data gives equal bytes. */
export interface Manifest {
  format_version: 1;
  generator: 'sluice';
  /** Whose examples the rows are made of; absent: what the layout takes by itself. */
  package?: PackageId;
  layout: ExportOptions['layout'];
  format: ExportOptions['format'];
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
  consent: ConsentManifest;
  privacy: ExportPrivacy;
  files: { name: string; split: string; traces: number; rows: number; bytes: number; sha256: string }[];
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
}

export function buildManifest(parts: readonly PartManifest[], traces: number): BuildManifest {
  return {
    format_version: 1,
    generator: 'sluice',
    parts: parts.map(({ folder, package: pack, layout, rows, traces: given }) => ({
      folder,
      package: pack ?? null,
      layout,
      rows,
      traces: given,
    })),
    traces,
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    files: parts.flatMap(filesOf),
  };
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

const countSchema = z.number().int().nonnegative();
const writtenSchema = z.object({ rows: countSchema, bytes: countSchema, sha256: z.string() });
/** As far as a manifest is followed; everything else in it is carried along. */
const manifestSchema = z.looseObject({
  format_version: z.literal(1),
  generator: z.literal('sluice'),
  layout: z.enum(layoutIds),
  format: z.enum(fileFormatIds),
  query: z.string(),
  columns: z.array(columnSchema),
  rows: countSchema,
  consent: z.looseObject({ file: writtenSchema.extend({ name: z.literal(sideFile) }).nullable() }).optional(),
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
  const known = fileNames && [...fileNames].sort();
  if (parsed.success && (known === null || JSON.stringify(named) === JSON.stringify(known)))
    // As it lies there: what is not followed keeps its place.
    return json as unknown as Manifest;
  throw new SluiceError(
    'validation_failed',
    'manifest.json is no longer what the export wrote; nothing was changed in its folder.',
  );
}
