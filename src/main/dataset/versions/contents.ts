import { lstat, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import * as z from 'zod';
import { missing, SluiceError } from '../../../shared/errors.js';
import type { VersionFile } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { isRegular, readRegular } from '../../ground/regular-file.js';
import { fileHashes } from '../file-hashes.js';
import { fileFormats } from '../formats/index.js';
import { besideOf, type Manifest, parseManifest } from '../manifest.js';
import { signatureFile } from '../signing.js';
import type { VersionRecord } from './files.js';

/** A part of a version as its manifest of today describes it. */
export interface LyingPart {
  /** '' where the dataset is one part. */
  part: string;
  manifest: Manifest;
  /** As it was read. */
  text: string;
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
    const text = await textOf(record, part, 'manifest.json');
    parts.push({ part, manifest: parseManifest(text, filesOfPart(record, part)), text });
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

/** A file of a version by its path in the folder; `said`: what a manifest says of its content, null where none does. */
export interface NamedFile {
  name: string;
  rows: number | null;
  said: { bytes: number; sha256: string } | null;
}

/** What the second look at an export wrote beside it. */
export const leaksFile = 'leaks.json';

/**
 * Every file that belongs to a version, whether it lies there or not: what its manifests name, these themselves, and what belongs to
 * rows. What is trained on comes first. Throws as `lyingParts` does, and `export_unreadable` where rows do not tell what belongs to them.
 */
export async function* filesOfVersion(record: VersionRecord): AsyncGenerator<NamedFile> {
  const parts = await lyingParts(record);
  for (const { part, manifest } of parts)
    for (const { name, rows, bytes, sha256 } of manifest.files)
      yield { name: placeIn(part, name), rows, said: { bytes, sha256 } };
  if (record.parts.some((part) => part !== '')) {
    const whole = await readRegular(join(record.out, 'manifest.json')).catch(() => null);
    if (whole !== null) yield* besideIn('', whole);
  }
  for (const { part, manifest, text } of parts) {
    const sides = [manifest.provenance, manifest.consent?.file, manifest.augmentation?.file];
    for (const { name, bytes, sha256 } of sides.flatMap((side) => side ?? []))
      yield { name: placeIn(part, name), rows: null, said: { bytes, sha256 } };
    yield* besideIn(part, text);
  }
  yield { name: leaksFile, rows: null, said: null };
  for (const { part, manifest } of parts) {
    const format = fileFormats[manifest.format];
    if (format.beside === undefined) continue;
    for (const { name } of manifest.files) {
      const path = await regularFile(record, placeIn(part, name));
      if (path === null) continue;
      try {
        for await (const each of format.beside(path)) yield { name: placeIn(part, each), rows: null, said: null };
      } catch (error) {
        throw new SluiceError(
          'export_unreadable',
          `${path} names files that are not as its build left them.`,
          undefined,
          {
            cause: error,
          },
        );
      }
    }
  }
}

const besideSchema = z.object({
  beside: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })).default([]),
});

/** Texts beside the data as a manifest names them, the manifest, and its signature. */
function* besideIn(part: string, manifest: string): Generator<NamedFile> {
  const { beside = [] } = besideSchema.safeParse(parseJson(manifest)).data ?? {};
  for (const { name, bytes, sha256 } of [...beside, besideOf('manifest.json', manifest)])
    if (isBesideName(name)) yield { name: placeIn(part, name), rows: null, said: { bytes, sha256 } };
  yield { name: placeIn(part, signatureFile), rows: null, said: null };
}

/** What may be fetched of a version: its files where they are regular ones in its folder, and nothing else. */
export async function contentsOf(record: VersionRecord): Promise<VersionFile[]> {
  const there: VersionFile[] = [];
  for await (const { name, rows, said } of filesOfVersion(record)) {
    const path = await regularFile(record, name);
    if (path === null) continue;
    const { bytes, sha256 } = said ?? (await fileHashes(path));
    there.push({ name, rows, bytes, sha256 });
  }
  return there;
}

/** The path of a file that `contentsOf` names. @throws SluiceError `not_found` for every other name */
export async function fileIn(record: VersionRecord, name: string): Promise<string> {
  for await (const file of filesOfVersion(record)) {
    if (file.name !== name) continue;
    const path = await regularFile(record, name);
    if (path !== null) return path;
  }
  throw missing('file');
}

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
