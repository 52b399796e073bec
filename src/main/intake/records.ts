import type { CapturedExchange, IntakeRecord } from '../../shared/model/index.js';
import { intakeMediaType } from '../../shared/model/index.js';
import { lengthPrefixedId } from '../ground/derived-ids.js';

/**
 * The exchange that carries a record through journal, gate and store. Its id is made of the record's start, source and
 * key, so a record that comes again is an exchange that is stored already.
 */
export function recordExchange(record: IntakeRecord): CapturedExchange {
  const body = new TextEncoder().encode(JSON.stringify(record));
  return {
    // Where it tells no times, those that stand in their place must not make another record of it.
    exchange_id: lengthPrefixedId(record.undated ? 0 : record.started_at, record.source, record.key),
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
