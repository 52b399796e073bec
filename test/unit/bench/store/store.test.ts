import { describe, expect, it } from 'vitest';
import { benchDisk } from '../../../bench/store/disk.js';
import { benchStore } from '../../../bench/store/store.js';
import { folder } from '../../store/support.js';

describe('the benchmark', () => {
  it('keeps a long session in a tenth of what went over the wire', () => {
    const disk = benchDisk({ turns: 100, dir: folder() });
    expect(disk.raw_bytes).toBeGreaterThan(10_000_000);
    expect(disk.ratio).toBeGreaterThan(10);
  });

  it('fills a store through the writer and gets an answer to every question', () => {
    const result = benchStore({ dir: folder(), traces: 60, toolCalls: 300, rounds: 2 });
    expect(result.exchanges).toBeGreaterThan(100);
    expect(result.probes.length).toBeGreaterThan(25);
    for (const { p95_ms } of result.probes) expect(p95_ms).toBeGreaterThan(0);
  });
});
