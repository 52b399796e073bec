import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/**
 * The journal's file format, version 1. A segment is `SLJ1`, 16 bytes of salt, then records. A record is
 *
 *     u32le length of the ciphertext · u8 type · ciphertext · 16-byte GCM tag
 *
 * AES-256-GCM under HKDF-SHA-256(master key, salt). The nonce is the record's offset in its segment, which never
 * repeats because a segment is written by one process only and never reopened for writing; the authenticated data is
 * the record's head, so that records cannot be moved, cut or retyped.
 */
export const segmentMagic = Buffer.from('SLJ1');
export const segmentHeaderBytes = 20;
export const recordHeadBytes = 5;
/** A segment that has grown beyond it is the last one's predecessor. */
export const segmentLimit = 32 * 1024 * 1024;
export const tagBytes = 16;
export const recordOverhead = recordHeadBytes + tagBytes;

export const recordTypes = { part: 1, exchange: 2 } as const;
export type RecordType = (typeof recordTypes)[keyof typeof recordTypes];

/** Where a record begins. */
export interface JournalPosition {
  segment: number;
  offset: number;
}

export function comparePositions(a: JournalPosition, b: JournalPosition): number {
  return a.segment - b.segment || a.offset - b.offset;
}

export function segmentName(segment: number): string {
  return `${String(segment).padStart(10, '0')}.slj`;
}

/** The segment's number, or null for a file that is not one. */
export function segmentNumber(name: string): number | null {
  const match = /^(\d{10})\.slj$/.exec(name);
  return match ? Number(match[1]) : null;
}

/** As a key object: given raw bytes, Node would make one anew for every record, at three times the cost. */
export function segmentKey(masterKey: Uint8Array, salt: Uint8Array): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', masterKey, salt, 'sluice journal segment 1', 32)));
}

function nonceAt(offset: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeDoubleLE(offset, 0);
  return nonce;
}

function recordHead(type: RecordType, length: number): Buffer {
  const head = Buffer.allocUnsafe(recordHeadBytes);
  head.writeUInt32LE(length, 0);
  head.writeUInt8(type, 4);
  return head;
}

const joinUpTo = 64 * 1024;

/** The buffers that make up one record on disk, in order. */
export function sealRecord(key: KeyObject, offset: number, type: RecordType, parts: Uint8Array[]): Buffer[] {
  let length = 0;
  for (const part of parts) length += part.byteLength;
  const head = recordHead(type, length);
  const cipher = createCipheriv('aes-256-gcm', key, nonceAt(offset));
  cipher.setAAD(head);
  const out: Buffer[] = [head];
  // Each call costs more than copying a small part does.
  const joined = length <= joinUpTo ? [Buffer.concat(parts, length)] : parts;
  for (const part of joined) if (part.byteLength > 0) out.push(cipher.update(part));
  cipher.final();
  out.push(cipher.getAuthTag());
  return out;
}

/** The plaintext of a record, or null where it does not authenticate (torn or altered). */
export function openRecord(key: KeyObject, offset: number, head: Buffer, sealed: Buffer): Buffer | null {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceAt(offset));
  decipher.setAAD(head);
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  try {
    const plain = decipher.update(sealed.subarray(0, sealed.length - tagBytes));
    decipher.final();
    return plain;
  } catch {
    return null;
  }
}
