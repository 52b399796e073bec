import type { ExportOptions, ExportPrivacy } from '../../shared/model/index.js';
import type { Column } from './columns.js';
import type { ConsentManifest } from './consent.js';

/** What manifest.json says of a dataset. It holds no time of making, so that equal data gives equal bytes. */
export interface Manifest {
  format_version: 1;
  generator: 'sluice';
  layout: ExportOptions['layout'];
  format: ExportOptions['format'];
  query: string;
  seed: number;
  /** Shares by split; null where the dataset is one file. */
  split: { [name: string]: number } | null;
  columns: Column[];
  traces: number;
  rows: number;
  /** Traces that gave no row, by reason. */
  skipped: { [reason: string]: number };
  consent: ConsentManifest;
  privacy: ExportPrivacy;
  files: { name: string; split: string; traces: number; rows: number; bytes: number; sha256: string }[];
}

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
