import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readCall } from '../../../src/main/decode/index.js';
import { createWatches } from '../../../src/main/intake/watch.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-watch-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function session(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  const line = { type: 'user', sessionId: name, uuid: name, timestamp: '2026-11-21T09:30:00Z', version: '1.0.0' };
  const text = JSON.stringify({ ...line, message: { role: 'user', content: 'hello' } });
  writeFileSync(join(path, `${name}.jsonl`), `${text}\n`);
  return path;
}

function watches(stateFile: string, errors: unknown[], submitted: unknown[] = []) {
  return createWatches({
    stateFile,
    onError: (error: unknown) => errors.push(error),
    readMessages: () => [],
    readCall,
    submitExchanges: async (exchanges: unknown[]) => void submitted.push(...exchanges),
    stored: async () => {},
    exchange: () => null,
    traceIdByKey: () => null,
    hasTrace: () => false,
    consentOf: () => null,
  } as unknown as Parameters<typeof createWatches>[0]);
}

it('keeps what two watches took, also after a write that failed', async () => {
  const state = join(folder, 'state', 'watched.json');
  const errors: unknown[] = [];
  const both = watches(state, errors);
  const one = await both.start([session('one')]);
  // Its folder is not there: this write fails.
  await both.end(one.watch_id);
  expect(errors).not.toEqual([]);
  mkdirSync(join(folder, 'state'));
  const two = await both.start([session('two')]);
  const three = await both.start([session('three')]);
  await Promise.all([two, three].map(({ watch_id }) => both.end(watch_id)));
  expect(Object.keys(JSON.parse(readFileSync(state, 'utf8')).sizes)).toHaveLength(3);
});

it('follows files of lines by a mapping, and counts what is not read', async () => {
  const errors: unknown[] = [];
  const submitted: unknown[] = [];
  writeFileSync(join(folder, 'tools.log'), '{"op":"dig","gave":1}\n{"note":"rest"}\n{"op":"sow"');
  writeFileSync(join(folder, 'other.txt'), '{"op":"none","gave":1}\n');
  const all = watches(join(folder, 'watched.json'), errors, submitted);
  await expect(all.start([folder], 'map:{"version":1}')).rejects.toMatchObject({ code: 'mapping_invalid' });
  const { watch_id } = await all.start([folder], 'map:{"version":1,"tool":"op","result":"gave"}');
  const state = await all.end(watch_id);
  expect(errors).toEqual([]);
  expect(state).toMatchObject({ files: 1, skipped: 2 });
  expect(submitted).toHaveLength(1);
});
