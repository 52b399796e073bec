import { createHmac, timingSafeEqual } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { canonicalJson } from './canonical.js';
import type { Head } from './chain.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const fileSchema = z.strictObject({
  version: z.literal(1),
  seq: z.int().min(0),
  hash,
  /** Hash of the entry that is being appended: after a crash the log may end with it or without it. */
  next: hash.nullable(),
  mac: hash,
});

/** What the sealed head says: where the chain stood, or why it cannot say. */
export type SealedHead =
  | { state: 'sealed'; head: Head; next: string | null }
  | { state: 'missing' }
  | { state: 'invalid' };

/**
 * The chain's head beside the log, sealed with HMAC-SHA-256 under a key of the data folder: whoever cuts lines off the
 * end of the log, or adds some, cannot make a head that fits without the key. It is written before each append, with the
 * entry to come, and after it.
 */
export function headFile(path: string, key: Uint8Array) {
  const macOf = (head: Head, next: string | null) =>
    createHmac('sha256', key)
      .update(canonicalJson({ version: 1, seq: head.seq, hash: head.hash, next }))
      .digest();
  return {
    async read(): Promise<SealedHead> {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { state: 'missing' };
        throw error;
      }
      const parsed = fileSchema.safeParse(jsonOf(text));
      if (!parsed.success) return { state: 'invalid' };
      const { seq, hash, next, mac } = parsed.data;
      if (!timingSafeEqual(macOf({ seq, hash }, next), Buffer.from(mac, 'hex'))) return { state: 'invalid' };
      return { state: 'sealed', head: { seq, hash }, next };
    },
    async write(head: Head, next: string | null): Promise<void> {
      const mac = macOf(head, next).toString('hex');
      const draft = await open(`${path}.tmp`, 'w', 0o600);
      try {
        await draft.writeFile(`${JSON.stringify({ version: 1, seq: head.seq, hash: head.hash, next, mac })}\n`);
        await draft.sync();
      } finally {
        await draft.close();
      }
      await rename(`${path}.tmp`, path);
      await syncFolder(dirname(path));
    },
  };
}

/** Without it a power cut could leave the log newer than its head. */
async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder; its file system journals the renaming by itself.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
