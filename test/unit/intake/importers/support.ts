import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCall, readMessages } from '../../../../src/main/decode/index.js';
import type { ImportContext, Importer, ImportItem } from '../../../../src/main/intake/importers/importer.js';
import { importers } from '../../../../src/main/intake/importers/index.js';
import type { CapturedExchange, IntakeEvent, IntakeRecord } from '../../../../src/shared/model/index.js';

export const fixtureRoot = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'import');

/** Fixtures by importer: the folder's name is its id. */
export function fixtures(): { importer: string; name: string; bytes: Buffer }[] {
  return readdirSync(fixtureRoot)
    .filter((folder) => importers.some(({ id }) => id === folder))
    .flatMap((folder) =>
      readdirSync(join(fixtureRoot, folder)).map((name) => ({
        importer: folder,
        name,
        bytes: readFileSync(join(fixtureRoot, folder, name)),
      })),
    );
}

export function fixture(path: string): Buffer {
  return readFileSync(join(fixtureRoot, path));
}

export const context: ImportContext = {
  name: 'file',
  fileKey: 'f'.repeat(32),
  at: 1_795_000_000_000_000,
  readMessages,
  readCall,
};

export async function* pieces(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function read(importer: Importer, bytes: Uint8Array, size?: number): Promise<ImportItem[]> {
  const items: ImportItem[] = [];
  for await (const item of importer.read(pieces(bytes, size), context)) items.push(item);
  return items;
}

export const recordsOf = (items: ImportItem[]): IntakeRecord[] =>
  items.flatMap((item) => ('record' in item ? [item.record] : []));
export const exchangesOf = (items: ImportItem[]): CapturedExchange[] =>
  items.flatMap((item) => ('exchange' in item ? [item.exchange] : []));
export const skippedOf = (items: ImportItem[]) => items.flatMap((item) => ('skipped' in item ? [item.skipped] : []));
export const eventsOf = (items: ImportItem[]): IntakeEvent[] => recordsOf(items).flatMap(({ events }) => events ?? []);
export const callsOf = (items: ImportItem[]) => recordsOf(items).flatMap((record) => (record.call ? [record] : []));
