import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ExportOptions, ExportResult } from '../../shared/model/index.js';
import { parseJson } from '../ground/json.js';
import { fileSha256 } from './file-hashes.js';
import { filesOf, isDataName, type Manifest, parseManifest, partsIn } from './manifest.js';

/**
 * The result of an export whose folder got its place before its job could say so; null where no such dataset lies there whole.
 * The traces that gave no row are counted in manifest.json alone.
 */
export async function writtenDataset(options: ExportOptions, target: string): Promise<ExportResult | null> {
  const out = resolve(target);
  const manifest = await manifestIn(out);
  if (manifest === null) return null;
  const same = (['package', 'layout', 'format', 'seed'] as const).every((field) => manifest[field] === options[field]);
  if (!same || manifest.files.some(({ name }) => !isDataName(name))) return null;
  for (const { name, sha256 } of manifest.files) {
    if ((await hashIn(join(out, name))) !== sha256) return null;
  }
  const files = manifest.files.map(({ name, rows, bytes, sha256 }) => ({ name, rows, bytes, sha256 }));
  return { out, files, traces: manifest.traces, rows: manifest.rows, skipped: [] };
}

/** The same for the version of a dataset with a name, whatever number of parts it has. */
export async function writtenVersion(
  { name, version }: { name: string; version: number },
  target: string,
): Promise<ExportResult | null> {
  const out = resolve(target);
  const text = await readFile(join(out, 'manifest.json'), 'utf8').catch(() => '');
  const parts = partsIn(text);
  const files: ExportResult['files'] = [];
  const { traces } = (parseJson(text) ?? {}) as { traces?: unknown };
  for (const part of parts ?? ['']) {
    const manifest = await manifestIn(join(out, part));
    if (manifest?.dataset?.name !== name || manifest.dataset.version !== version) return null;
    if (manifest.files.some((file) => !isDataName(file.name))) return null;
    for (const file of manifest.files) if ((await hashIn(join(out, part, file.name))) !== file.sha256) return null;
    files.push(...filesOf({ ...manifest, folder: part }));
  }
  if (typeof traces !== 'number') return null;
  return { out, files, traces, rows: files.reduce((sum, { rows }) => sum + rows, 0), skipped: [] };
}

async function manifestIn(folder: string): Promise<Manifest | null> {
  try {
    return parseManifest(await readFile(join(folder, 'manifest.json'), 'utf8'), null);
  } catch {
    // None, or one of somebody else: the export says itself what stands in its way.
    return null;
  }
}

/** Null: there is none, or none that can be read. */
const hashIn = (path: string): Promise<string | null> => fileSha256(path).catch(() => null);
