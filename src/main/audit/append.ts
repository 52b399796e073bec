import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AuditEntry, Json, NewAuditEntry } from '../../shared/model/index.js';
import { entryOf, follow, type Head, lineOf, noHead } from './chain.js';
import type { headFile, SealedHead } from './head-file.js';
import { finishedEnd, linesBack, longestLine } from './lines.js';

/**
 * Appends one entry and waits until it and the head are on disk; the caller holds the lock. A last line that was torn by a
 * crash is moved aside first, and a lost head is made anew: either becomes an entry of its own.
 */
export async function append(
  path: string,
  sealed: ReturnType<typeof headFile>,
  entry: NewAuditEntry,
): Promise<AuditEntry> {
  const file = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
  try {
    await file.chmod(0o600);
    const state = await sealed.read();
    const { size } = await file.stat();
    const end = await finishedEnd(file, size);
    let head = await headOf(file, end, state);
    const write = async (next: NewAuditEntry): Promise<AuditEntry> => {
      const written = await writeEntry(file, sealed, head, next);
      head = written;
      return written;
    };
    if (end < size) await write(recovered({ reason: 'torn_line', ...(await moveAside(file, path, end, size)) }));
    if (state.state !== 'sealed' && (size > 0 || state.state === 'invalid')) {
      await write(recovered({ reason: `head_${state.state}` }));
    }
    return await write(entry);
  } finally {
    await file.close();
  }
}

async function writeEntry(
  file: FileHandle,
  sealed: ReturnType<typeof headFile>,
  head: Head,
  { action, actor, target, details }: NewAuditEntry,
): Promise<AuditEntry> {
  const at = new Date().toISOString();
  const entry = follow(head, { at, actor, action, target: target ?? null, details: details ?? {} });
  const line = Buffer.from(`${lineOf(entry)}\n`);
  if (line.length > longestLine) throw new RangeError(`the details of ${action} are too long for the audit log`);
  await sealed.write(head, entry.hash);
  await file.appendFile(line);
  await file.sync();
  await sealed.write(entry, null);
  return entry;
}

/**
 * What the next entry follows: the last line where the head knows it, else the head. A log whose end was cut off so
 * keeps the gap for good, whatever is written behind it.
 */
async function headOf(file: FileHandle, end: number, state: SealedHead): Promise<Head> {
  let last: AuditEntry | null = null;
  if (end > 0) {
    for await (const { text } of linesBack(file, end)) {
      last = text === null ? null : entryOf(text);
      break;
    }
  }
  if (state.state !== 'sealed') return last ?? noHead;
  return last !== null && last.seq === state.head.seq + 1 && last.hash === state.next ? last : state.head;
}

/** Keeps the unfinished line in a new file beside the log, and ends the log before it. */
async function moveAside(file: FileHandle, path: string, end: number, size: number) {
  const name = `audit-torn-${new Date().toISOString().replace(/[-:.]/g, '')}.jsonl`;
  const aside = join(dirname(path), name);
  const copy = await open(aside, 'wx', 0o600);
  try {
    await copyTail(file, copy, end, size);
    await copy.sync();
  } finally {
    await copy.close();
  }
  await file.truncate(end);
  await file.sync();
  return { file: name, bytes: size - end };
}

async function copyTail(from: FileHandle, to: FileHandle, start: number, size: number): Promise<void> {
  const buffer = Buffer.alloc(64 * 1024);
  for (let at = start; at < size; ) {
    const { bytesRead } = await from.read(buffer, 0, Math.min(buffer.length, size - at), at);
    if (bytesRead === 0) return;
    await to.write(buffer, 0, bytesRead, at - start);
    at += bytesRead;
  }
}

function recovered(details: { [key: string]: Json }): NewAuditEntry {
  return { action: 'log_recovered', actor: { kind: 'engine', token_id: null }, details };
}
