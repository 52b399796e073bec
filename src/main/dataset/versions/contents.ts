import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { missing, SluiceError } from '../../../shared/errors.js';
import type { VersionFile } from '../../../shared/model/index.js';
import { isRegular, readRegular } from '../../ground/regular-file.js';
import { type Manifest, parseManifest } from '../manifest.js';
import { signatureFile } from '../signing.js';
import type { VersionRecord } from './files.js';

/** A part of a version as its manifest of today describes it. */
export interface LyingPart {
  /** '' where the dataset is one part. */
  part: string;
  manifest: Manifest;
}

/** A text in the folder of a version. @throws SluiceError `export_unreadable` */
export async function textOf({ out }: VersionRecord, part: string, name: string): Promise<string> {
  const path = join(out, part, name);
  return readRegular(path).catch((cause: NodeJS.ErrnoException) => {
    throw new SluiceError('export_unreadable', `${path} cannot be read (${cause.code}).`);
  });
}

/** The names that the build itself wrote down: others may have written into its folder. */
function filesOfPart({ files }: VersionRecord, part: string): string[] {
  const prefix = part === '' ? '' : `${part}/`;
  return files.flatMap(({ name }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

/** The parts of a version with their manifests. Throws `validation_failed` where one names other data files than the build wrote. */
export async function lyingParts(record: VersionRecord): Promise<LyingPart[]> {
  const parts: LyingPart[] = [];
  for (const part of record.parts) {
    const manifest = parseManifest(await textOf(record, part, 'manifest.json'), filesOfPart(record, part));
    parts.push({ part, manifest });
  }
  return parts;
}

/** The path of a data file of a part. @throws SluiceError `export_unreadable` where no regular file lies there */
export async function dataFile({ out }: VersionRecord, part: string, name: string): Promise<string> {
  const path = join(out, part, name);
  if (await isRegular(path).catch(() => false)) return path;
  throw new SluiceError('export_unreadable', `${path} is no file that a build wrote.`);
}

/** The name of a file of a part in the version's folder, as an address has it, too. */
export const placeIn = (part: string, name: string): string => (part === '' ? name : `${part}/${name}`);

/** What may be fetched of a version: what its manifests name, and these. Regular files in its folder, and nothing else. */
export async function contentsOf(record: VersionRecord): Promise<VersionFile[]> {
  const found: VersionFile[] = [];
  const own = async (part: string, name: string) => {
    const path = await regularFile(record, placeIn(part, name));
    if (path === null) return;
    const [{ size }, sha256] = [await lstat(path), await hashOf(path)];
    found.push({ name: placeIn(part, name), rows: null, bytes: size, sha256 });
  };
  const parts = await lyingParts(record);
  if (record.parts.some((part) => part !== '')) for (const name of signed) await own('', name);
  for (const { part, manifest } of parts) {
    for (const { name, rows, bytes, sha256 } of manifest.files)
      found.push({ name: placeIn(part, name), rows, bytes, sha256 });
    const sides = [manifest.provenance, manifest.consent?.file, manifest.augmentation?.file];
    for (const { name, bytes, sha256 } of [...sides.flatMap((side) => side ?? []), ...(manifest.beside ?? [])])
      if (isBesideName(name)) found.push({ name: placeIn(part, name), rows: null, bytes, sha256 });
    for (const name of signed) await own(part, name);
  }
  await own('', 'leaks.json');
  // What is trained on first.
  found.sort((a, b) => Number(a.rows === null) - Number(b.rows === null));
  const there: VersionFile[] = [];
  for (const file of found) if ((await regularFile(record, file.name)) !== null) there.push(file);
  return there;
}

/** The path of a file that `contentsOf` names. @throws SluiceError `not_found` for every other name */
export async function fileIn(record: VersionRecord, name: string): Promise<string> {
  const named = (await contentsOf(record)).some((file) => file.name === name);
  const path = named ? await regularFile(record, name) : null;
  if (path === null) throw missing('file');
  return path;
}

const signed = ['manifest.json', signatureFile];

/** Beside the data, or in a folder there, as plots are. */
function isBesideName(name: string): boolean {
  return /^(?:[A-Za-z0-9_-]+\/)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9]+){1,2}$/.test(name);
}

/** Where a name leads, if that is a regular file in the version's folder: no link, and no folder that is one to elsewhere. */
async function regularFile({ out }: VersionRecord, name: string): Promise<string | null> {
  const path = join(out, name);
  try {
    if (!(await lstat(path)).isFile()) return null;
    const [folder, real] = [await realpath(out), await realpath(path)];
    return real.startsWith(folder.endsWith(sep) ? folder : folder + sep) && real === join(folder, name) ? real : null;
  } catch {
    return null;
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
