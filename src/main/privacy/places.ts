import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataPlace } from '../../shared/model/index.js';

/** Where everything lies, with its size as it is now. Files that are not there yet are named too. */
export async function dataPlaces(places: Omit<DataPlace, 'bytes' | 'exists'>[]): Promise<DataPlace[]> {
  return Promise.all(
    places.map(async (place) => {
      const bytes = await sizeOf(place.path);
      return { ...place, bytes: bytes ?? 0, exists: bytes !== null };
    }),
  );
}

/** Bytes of a file or of all files under a folder; null where there is none. What goes meanwhile counts nothing. */
async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  if (!found.isDirectory()) return found.size;
  let bytes = 0;
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0;
  }
  return bytes;
}
