import { createHash } from 'node:crypto';
import { type AuditEntry, auditEntrySchema } from '../../shared/model/index.js';
import { parseJson } from '../ground/json.js';
import { canonicalJson } from './canonical.js';

/** Where the chain stands: its last entry. */
export interface Head {
  seq: number;
  hash: string;
}

/** Before the first entry. */
export const noHead: Head = { seq: 0, hash: '0'.repeat(64) };

/** The entry that follows `head`, with its hash. */
export function follow(head: Head, entry: Omit<AuditEntry, 'version' | 'seq' | 'previous' | 'hash'>): AuditEntry {
  const open = { version: 1 as const, seq: head.seq + 1, ...entry, previous: head.hash };
  return { ...open, hash: hashOf(open) };
}

/** SHA-256 (hex) over the UTF-8 bytes of the entry's canonical JSON (RFC 8785) without its member `hash`. */
export function hashOf(entry: Omit<AuditEntry, 'hash'>): string {
  return createHash('sha256').update(canonicalJson(entry)).digest('hex');
}

/** The line as it stands in the file, without its LF. */
export function lineOf(entry: AuditEntry): string {
  return canonicalJson(entry);
}

/** The entry of a line; null for what no writer of ours wrote. */
export function entryOf(line: string): AuditEntry | null {
  const parsed = auditEntrySchema.safeParse(parseJson(line));
  // Anything but the canonical form (a second member of one name, say) could be read in two ways.
  return parsed.success && lineOf(parsed.data) === line ? parsed.data : null;
}

/** What is wrong with a line that should follow `head`; null where it does. */
export function problemOf(line: string, head: Head): { seq: number | null; message: string } | null {
  const entry = entryOf(line);
  if (entry === null) return { seq: null, message: 'The line is no entry in its canonical form.' };
  const { hash, ...open } = entry;
  const say = (message: string) => ({ seq: entry.seq, message });
  if (hashOf(open) !== hash) return say('The entry was changed: its hash does not fit.');
  if (entry.seq !== head.seq + 1) return say(`Entry ${entry.seq} stands where entry ${head.seq + 1} belongs.`);
  if (entry.previous !== head.hash) return say('The entry does not follow the one before it.');
  if (entry.action === 'log_recovered' && entry.details.reason !== 'torn_line') {
    return say(
      'The sealed head was lost when this entry was written: whether entries before it are missing, nobody can tell.',
    );
  }
  return null;
}
