import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import type { AuditAction, AuditEntry, AuditVerdict, NewAuditEntry, Page } from '../../shared/model/index.js';
import { append } from './append.js';
import { entryOf } from './chain.js';
import { headFile } from './head-file.js';
import { finishedEnd, linesBack } from './lines.js';
import { withLock } from './lock.js';
import { verifyLog } from './verify.js';

/** So much of the file one page may cost where a filter matches little; the next page goes on from there. In bytes. */
const pageReach = 4 * 1024 * 1024;

/**
 * The append-only audit log of a data folder: one entry a line, each with the hash of the one before it (`chain.ts`),
 * the end sealed in `audit-head.json` (`head-file.ts`).
 *
 * To check it without Sluice: every line is canonical JSON (RFC 8785); take `hash` out, and SHA-256 over the UTF-8 bytes
 * of what is left is `hash`; `previous` is the `hash` of the line before, 64 zeros for the first; `seq` counts from 1.
 *
 * What it proves: no entry was changed, taken out, added or moved, and none is missing at the end, by anybody who has not
 * the folder's key. What it cannot prove: who can read the key can write the whole log anew; who puts an older copy of
 * both files back, or deletes both, leaves a log that is sound. Against these only a copy of the head elsewhere helps.
 *
 * @param key 32 bytes; null reads and verifies the chain, but not its end
 */
export function openAuditLog(path: string, key: Uint8Array | null) {
  const sealed = key && headFile(join(dirname(path), 'audit-head.json'), key);
  const lock = `${path}.lock`;
  let last: Promise<unknown> = Promise.resolve();

  return {
    /** Resolves when the entry is on disk. Entries are written one by one, in the order of the calls. */
    record(entry: NewAuditEntry): Promise<AuditEntry> {
      if (sealed === null) throw new TypeError('the audit log was opened without its key');
      const written = last.then(() => withLock(lock, () => append(path, sealed, entry)));
      last = written.catch(() => undefined);
      return written;
    },

    /** Newest first. Lines that are no entries are left out: `verify` names them. Throws `cursor_invalid`. */
    async list(cursor: string | null, limit: number, actions?: readonly AuditAction[]): Promise<Page<AuditEntry>> {
      const file = await openFor(path);
      if (file === null) return { items: [], next_cursor: null };
      try {
        const end = await finishedEnd(file, placeOf(cursor) ?? (await file.stat()).size);
        const items: AuditEntry[] = [];
        if (end === 0) return { items, next_cursor: null };
        for await (const { text, start } of linesBack(file, end)) {
          const entry = text === null ? null : entryOf(text);
          if (entry !== null && (actions === undefined || actions.includes(entry.action))) items.push(entry);
          const full = items.length === limit || end - start > pageReach;
          if (full) return { items, next_cursor: start === 0 ? null : String(start) };
        }
        return { items, next_cursor: null };
      } finally {
        await file.close();
      }
    },

    async verify(): Promise<AuditVerdict> {
      const file = await openFor(path);
      try {
        // What is being appended just now must not look torn. What is on disk by then stays as it is.
        const look = async () => ({
          size: file === null ? 0 : (await file.stat()).size,
          head: sealed && (await sealed.read()),
        });
        const { size, head } = await withLock(lock, look).catch((error: unknown) => {
          // A folder that cannot be written to has no writer either.
          if (['EROFS', 'EACCES', 'EPERM', 'ENOENT'].includes(codeOf(error))) return look();
          throw error;
        });
        return await verifyLog(file, size, head);
      } finally {
        await file?.close();
      }
    },

    /** Resolves when what was recorded so far is on disk, or has failed. */
    async settled(): Promise<void> {
      await last;
    },
  };
}

export type AuditLog = ReturnType<typeof openAuditLog>;

async function openFor(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function placeOf(cursor: string | null): number | null {
  if (cursor === null) return null;
  if (!/^[1-9]\d{0,14}$/.test(cursor)) throw new SluiceError('cursor_invalid', 'The cursor is none of this list.');
  return Number(cursor);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
