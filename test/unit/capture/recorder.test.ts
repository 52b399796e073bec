import { afterEach, describe, expect, it, vi } from 'vitest';
import { captureCounters, captureCountersBytes } from '../../../src/main/capture/counters.js';
import { ExchangeRecorder } from '../../../src/main/capture/recorder.js';
import type { CapturedExchange } from '../../../src/shared/model/index.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('the times of an exchange', () => {
  it('never run backwards, also where the clock is set back while it runs', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_790_000_000_000 });
    const taken: CapturedExchange[] = [];
    const recorder = new ExchangeRecorder(
      {
        journal: { append: (exchange) => void taken.push(exchange), appendPart: () => null, unpin: () => {} },
        counters: captureCounters(new SharedArrayBuffer(captureCountersBytes)),
        bodyLimit: () => 1000,
        onJournaled: () => {},
        onJournalError: (error) => {
          throw error;
        },
        open: new Map(),
      },
      {
        kind: 'http',
        target: { via: 'gateway', url: 'https://api.example.com/' } as never,
        method: 'POST',
        client: { address: '127.0.0.1', port: 1, connection: 1, protocol: 'http/1.1' },
        httpVersion: '1.1',
        headers: [],
      },
    );
    recorder.requestChunk(Buffer.from('asked'));
    vi.setSystemTime(1_790_000_000_000 - 60_000);
    recorder.responseHead(200, 'OK', '1.1', []);
    recorder.responseChunk(Buffer.from('answered'));
    vi.setSystemTime(1_790_000_000_000 - 120_000);
    recorder.finish('complete');
    const [exchange] = taken;
    const { started_at, headers_at, first_byte_at, ended_at } = exchange as CapturedExchange;
    const times = [started_at, headers_at, first_byte_at, ended_at];
    expect(times).toEqual([...times].sort((a, b) => (a as number) - (b as number)));
    expect(ended_at - started_at).toBeLessThan(1_000_000);
  });
});
