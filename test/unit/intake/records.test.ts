import { describe, expect, it } from 'vitest';
import { readExchange } from '../../../src/main/decode/index.js';
import { recordExchange } from '../../../src/main/intake/records.js';
import { type IntakeRecord, intakeMediaType } from '../../../src/shared/model/index.js';

const record: IntakeRecord = {
  version: 1,
  key: 'k',
  source: 'rest',
  client: 'studio-plugin/1.2',
  trace: { key: 'rest:x', kind: 'pr_telemetry' },
  started_at: 1_763_716_200_000_123,
  ended_at: 1_763_716_201_000_000,
  events: [{ type: 'reasoning_step', at: 1_763_716_200_500_000, content: 'größer 😀' }],
};

describe('recordExchange', () => {
  it('carries the record as a JSON body that is read back as it was', () => {
    const exchange = recordExchange(record);
    expect(exchange).toMatchObject({
      via: 'intake',
      method: 'INTAKE',
      url: 'sluice:rest',
      kind: 'http',
      state: 'complete',
    });
    const read = readExchange(exchange);
    expect(read.issues).toEqual([]);
    expect(read.request.headers).toContainEqual(['content-type', intakeMediaType]);
    expect(read.request.body.kind).toBe('json');
    expect(JSON.parse((read.request.body as { text: string }).text)).toEqual(record);
    expect(exchange.request.bytes).toBe(Buffer.byteLength(JSON.stringify(record)));
  });

  it('names the client where lists look for it, and a file as an import', () => {
    expect(recordExchange(record).request.headers).toContainEqual(['user-agent', 'studio-plugin/1.2']);
    expect(recordExchange({ ...record, source: 'import:atif' }).via).toBe('import');
    expect(recordExchange({ ...record, source: 'watch:codex' }).via).toBe('import');
    expect(recordExchange({ ...record, source: 'otlp' }).via).toBe('intake');
  });

  it('gives the same record the same id and every other one another', () => {
    const id = recordExchange(record).exchange_id;
    expect(recordExchange(structuredClone(record)).exchange_id).toBe(id);
    const others = [
      { ...record, key: 'l' },
      { ...record, source: 'otlp' },
      { ...record, started_at: record.started_at + 1_000_000 },
    ].map((other) => recordExchange(other).exchange_id);
    expect(new Set([id, ...others]).size).toBe(4);
  });
});
