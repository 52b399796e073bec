import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWriter } from '../../../src/main/store/index.js';
import { Random, vocabulary } from './random.js';
import { session } from './session.js';

export interface DiskResult {
  turns: number;
  /** Body bytes that went over the wire, both ways. */
  raw_bytes: number;
  largest_request_bytes: number;
  /** What the whole database, every table and index, grew by over the empty one. */
  store_bytes: number;
  ratio: number;
}

/** What an agent session costs on disk in which every turn sends the whole history again. */
export function benchDisk({ turns = 100, dir = tmpdir() }: { turns?: number; dir?: string } = {}): DiskResult {
  const folder = mkdtempSync(join(dir, 'sluice-disk-'));
  try {
    const path = join(folder, 'sluice.db');
    const sealKey = new Uint8Array(32);
    const bytes = () => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    openWriter(path, { sealKey }).close();
    const empty = bytes();
    const writer = openWriter(path, { sealKey });
    const options = { turns: turns - 1, toolCallsPerTurn: 1, resultChars: 1500, systemChars: 6000 };
    let raw = 0;
    let largest = 0;
    for (const assembled of session({
      ...options,
      random: new Random(1),
      words: vocabulary(20_000),
      started_at: 1_790_000_000_000_000,
      name: 'long',
      client: 'agent/1.0',
      model: 'gpt-5.2',
      tools: ['search', 'read_file', 'write_file', 'run', 'list'],
    })) {
      const { request, response } = assembled.decoded.exchange;
      raw += request.bytes + (response?.bytes ?? 0);
      largest = Math.max(largest, request.bytes);
      writer.save(assembled);
    }
    writer.close();
    const store = bytes() - empty;
    return { turns, raw_bytes: raw, largest_request_bytes: largest, store_bytes: store, ratio: raw / store };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
