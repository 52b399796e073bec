import { createHash } from 'node:crypto';
import type { Micros } from '../../shared/model/index.js';

/** A UUIDv7 (RFC 9562) of a time and a hash of what it is made from: the same again gives the same id. */
export function derivedId(at: Micros, ...from: string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(from)).digest().subarray(0, 16);
  bytes.writeUIntBE(Math.min(Math.max(0, Math.floor(at / 1000)), 2 ** 48 - 1), 0, 6);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
