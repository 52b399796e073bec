import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { TestCertificates } from '../../support/certificates.js';
import type { BulkJob, BulkResult } from './bulk.js';
import { startChild } from './child.js';
import { sluice } from './peers.js';

export interface MemoryResult {
  name: string;
  beforeMib: number;
  peakMib: number;
  afterMib: number;
  growthMib: number;
  mibPerSecond: number;
}

const mib = 1024 * 1024;

/** Resident memory of a process with all its threads, in MiB. */
function residentMib(pid: number): number {
  if (process.platform === 'linux') {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

/**
 * What the engine's memory does while bodies of `bytes` pass, each through a fresh engine that has warmed up on small
 * ones, and until all that is kept of them is stored.
 */
export async function measureMemory(
  host: string,
  modelPort: number,
  model: TestCertificates,
  bytes: number,
): Promise<MemoryResult[]> {
  const answer = (type: string, extra = '') => ({ path: `/bytes?size=${bytes}&type=${type}${extra}`, sendBytes: 0 });
  const cases: { name: string; path: string; sendBytes: number }[] = [
    { name: 'response, JSON, content-length', ...answer('application/json') },
    { name: 'response, event stream, chunked', ...answer('text/event-stream', '&chunked=1') },
    { name: 'response, binary, content-length', ...answer('application/octet-stream') },
    { name: 'request, JSON, content-length', path: '/sink', sendBytes: bytes },
  ];
  const results: MemoryResult[] = [];
  for (const { name, path, sendBytes } of cases) {
    const peer = await sluice(host, model);
    const client = startChild<BulkJob, BulkResult>('bulk');
    try {
      const engine = peer.engine as NonNullable<typeof peer.engine>;
      const route = { host, port: modelPort, proxyPort: peer.proxyPort, ca: peer.ca };
      for (let turn = 0; turn < 8; turn++) {
        await client.ask({ route, path: `/bytes?size=${mib}&type=application/json`, sendBytes: 0 });
        await client.ask({ route, path: '/sink', sendBytes: mib });
      }
      await engine.settled();
      const { pid } = engine.ready;
      const before = residentMib(pid);
      let peak = before;
      const timer = setInterval(() => {
        peak = Math.max(peak, residentMib(pid));
      }, 20);
      const result = await client.ask({ route, path, sendBytes });
      const passed = result.accepted ?? result.received;
      if (result.status !== 200 || passed !== bytes) throw new Error(`${name}: ${passed} of ${bytes} bytes passed`);
      await engine.settled();
      clearInterval(timer);
      results.push({
        name,
        beforeMib: before,
        peakMib: peak,
        afterMib: residentMib(pid),
        growthMib: peak - before,
        mibPerSecond: bytes / mib / result.seconds,
      });
    } finally {
      await client.stop();
      await peer.stop();
    }
  }
  return results;
}
