import { closeSync, existsSync, fdatasync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import * as z from 'zod';
import { lossesSchema } from '../../shared/model/index.js';
import type { DataFolder } from './folder.js';

const fileSchema = z.object({
  version: z.literal(1),
  /** Since when losses are counted here. */
  since: z.string(),
  /** When the last was counted; null where nothing was lost. */
  last_at: z.string().nullable(),
  losses: lossesSchema,
  /** How much of it somebody has taken note of; absent: nothing. */
  acknowledged: lossesSchema.optional(),
});
export type LossesFile = z.infer<typeof fileSchema>;

/** Larger than it will ever be, and one block of every disk. */
const fileBytes = 512;

export interface LossesStore {
  /** What earlier runs left there. */
  earlier: LossesFile;
  /** False where the file was there and could not be read: it begins anew. */
  readable: boolean;
  /** Writes the sum of all runs over what stands there. Throws what the file system throws. */
  write(content: LossesFile): void;
  close(): void;
}

/**
 * What was lost on this data folder, over all its runs. The file is made before anything is lost and written in place, in the
 * room that it has: losses come when the disk is full, and no new block is to be had then.
 */
export function openLossesFile(folder: DataFolder): LossesStore {
  const read = readLosses(folder.losses);
  const earlier = read ?? {
    version: 1,
    since: new Date().toISOString(),
    last_at: null,
    losses: { journal_errors: 0, damaged: 0, bodies_lost: 0, quarantined: 0 },
  };
  let file: number | null = null;
  const write = (content: LossesFile): void => {
    file ??= openSync(folder.losses, existsSync(folder.losses) ? 'r+' : 'wx+', 0o600);
    const bytes = Buffer.from(`${JSON.stringify(content).padEnd(fileBytes - 1)}\n`);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, at);
    // A killed process loses nothing that was written; a power cut is another matter.
    fdatasync(file, () => {});
  };
  return {
    earlier,
    readable: read !== null || !existsSync(folder.losses),
    write,
    close() {
      if (file === null) return;
      try {
        fdatasyncSync(file);
      } finally {
        closeSync(file);
        file = null;
      }
    },
  };
}

function readLosses(path: string): LossesFile | null {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}
