import { createHash } from 'node:crypto';
import type { CapturedExchange, IntakeRecord } from '../../shared/model/index.js';
import { intakeMediaType } from '../../shared/model/index.js';

/** The largest time that a UUIDv7 can carry, in milliseconds. */
const lastMillis = 2 ** 48 - 1;

/**
 * The exchange that carries a record through journal, gate and store. Its id is made of the record's start, source and
 * key, so a record that comes again is an exchange that is stored already.
 */
export function recordExchange(record: IntakeRecord): CapturedExchange {
  const body = new TextEncoder().encode(JSON.stringify(record));
  return {
    exchange_id: derivedId(record.started_at, record.source, record.key),
    kind: 'http',
    via: /^(import|watch):/.test(record.source) ? 'import' : 'intake',
    client: { address: '', port: 0, connection: 0, protocol: 'http/1.1' },
    method: 'INTAKE',
    url: `sluice:${record.source}`,
    request: {
      http_version: '1.1',
      headers: [
        ['content-type', intakeMediaType],
        // Lists name a client by this header, whatever way it came.
        ...(record.client === undefined ? [] : [['user-agent', record.client] as [string, string]]),
      ],
      trailers: [],
      body,
      bytes: body.byteLength,
      truncated: false,
      chunks: [],
    },
    started_at: record.started_at,
    ended_at: Math.max(record.started_at, record.ended_at),
    state: 'complete',
  };
}

/** A UUIDv7 (RFC 9562) whose time is `at` (microseconds) and whose other bits are a hash of `parts`: the same for the same. */
export function derivedId(at: number, ...parts: string[]): string {
  const hash = createHash('sha256');
  // Lengths between the parts: `a` + `bc` is not `ab` + `c`.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  const bytes = hash.digest().subarray(0, 16);
  const millis = Math.floor(at / 1000);
  bytes.writeUIntBE(Number.isFinite(millis) ? Math.min(Math.max(0, millis), lastMillis) : 0, 0, 6);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
