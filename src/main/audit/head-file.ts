import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { parseJson } from '../ground/json.js';
import { replaceFile } from '../ground/replace-file.js';
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
      const parsed = fileSchema.safeParse(parseJson(text));
      if (!parsed.success) return { state: 'invalid' };
      const { seq, hash, next, mac } = parsed.data;
      if (!timingSafeEqual(macOf({ seq, hash }, next), Buffer.from(mac, 'hex'))) return { state: 'invalid' };
      return { state: 'sealed', head: { seq, hash }, next };
    },
    async write(head: Head, next: string | null): Promise<void> {
      const mac = macOf(head, next).toString('hex');
      await replaceFile(path, `${JSON.stringify({ version: 1, seq: head.seq, hash: head.hash, next, mac })}\n`);
    },
  };
}
