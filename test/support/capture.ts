import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOrCreateCa } from '../../src/main/capture/ca.js';
import { captureCounters, captureCountersBytes } from '../../src/main/capture/counters.js';
import { type Capture, type CaptureOptions, type CaptureSettings, startCapture } from '../../src/main/capture/index.js';
import type { RefusalEvent } from '../../src/main/capture/refusals.js';
import { type JournalCursor, journalBegin } from '../../src/main/journal/cursor.js';
import { openJournalReader } from '../../src/main/journal/reader.js';
import type { CapturedExchange } from '../../src/shared/model/index.js';

export interface TestCapture {
  capture: Capture;
  proxy: string;
  port: number;
  ca: string;
  counters: ReturnType<typeof captureCounters>;
  refusals: RefusalEvent[];
  /** All exchanges in the journal so far, waiting until there are at least `count`. */
  exchanges(count: number): Promise<CapturedExchange[]>;
  journalDir: string;
  journalKey: Uint8Array;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The data plane alone, in this thread, on a free port and a fresh folder. */
export async function startTestCapture(
  settings: Partial<CaptureSettings> = {},
  host = '127.0.0.1',
  more: Partial<Pick<CaptureOptions, 'proxyHashes' | 'onException' | 'onJournalError' | 'onRefused'>> = {},
): Promise<TestCapture> {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-capture-'));
  const ca = await loadOrCreateCa(dir);
  const journalKey = randomBytes(32);
  const journalDir = join(dir, 'journal');
  const counters = captureCounters(new SharedArrayBuffer(captureCountersBytes));
  const refusals: RefusalEvent[] = [];
  const capture = await startCapture({
    ownMark: 'f'.repeat(32),
    host,
    port: 0,
    proxyHashes: () => [createHash('sha256').update('test-token').digest('hex')],
    settings: {
      intercept: ['localhost', '127.0.0.1'],
      tunnel: [],
      allowed_origins: [],
      upstreams: {},
      upstream_proxy: null,
      no_proxy: [],
      insecure_upstream: true,
      body_limit_bytes: 64 * 1024 * 1024,
      ...settings,
    },
    ca,
    journalDir,
    journalKey,
    counters,
    naming: {
      clientName: (headers) => headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1] ?? 'unknown',
      peekModel: () => null,
    },
    onJournal: () => {},
    onRefusal: (event) => refusals.push(event),
    onRefused: () => {},
    onJournalError: (error) => {
      throw error;
    },
    onException: (error) => {
      throw error;
    },
    ...more,
  });
  const stop = async () => {
    await capture.stop(0);
    rmSync(dir, { recursive: true, force: true });
  };
  return {
    capture,
    port: capture.port,
    proxy: `http://127.0.0.1:${capture.port}`,
    ca: ca.certPem,
    counters,
    refusals,
    journalDir,
    journalKey,
    async exchanges(count) {
      for (let turn = 0; turn < 500; turn++) {
        const found = readJournal(journalDir, journalKey, capture.journalPosition());
        if (found.length >= count) return found;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`fewer than ${count} exchanges in the journal`);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

export function readJournal(journalDir: string, key: Uint8Array, limit: JournalCursor): CapturedExchange[] {
  const reader = openJournalReader(journalDir, key);
  const found: CapturedExchange[] = [];
  let at = journalBegin;
  for (;;) {
    const entry = reader.next(at, limit);
    if (!entry) break;
    if (entry.kind === 'damage') throw new Error(`damage: ${JSON.stringify(entry.damage)}`);
    found.push(entry.exchange);
    at = entry.next;
  }
  reader.close();
  return found;
}
