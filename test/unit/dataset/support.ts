import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AsyncBuffer, parquetReadObjects } from 'hyparquet';
import { afterEach } from 'vitest';
import type { exportDataset } from '../../../src/main/dataset/index.js';
import type { ExportOptions, Json } from '../../../src/shared/model/index.js';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A folder of its own, removed after the test. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-dataset-'));
  folders.push(folder);
  return folder;
}

export function exportOptions(fields: Partial<ExportOptions> = {}): ExportOptions {
  return { layout: 'tool-calls', format: 'jsonl', query: '', seed: 0, ...fields };
}

/** A control that is never cancelled. */
export function unhurried(): Parameters<typeof exportDataset>[3] {
  return { signal: new AbortController().signal, onProgress: () => undefined };
}

export async function readJsonl(path: string): Promise<{ [key: string]: Json }[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

export async function readParquet(path: string): Promise<{ [key: string]: unknown }[]> {
  const bytes = await readFile(path);
  const file: AsyncBuffer = {
    byteLength: bytes.length,
    slice: (start, end) => {
      const part = bytes.subarray(start, end);
      return part.buffer.slice(part.byteOffset, part.byteOffset + part.byteLength) as ArrayBuffer;
    },
  };
  return parquetReadObjects({ file });
}

/** Contents of every file in a folder, by name. */
export async function folderBytes(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of (await readdir(folder)).sort()) {
    files.set(name, (await readFile(join(folder, name))).toString('base64'));
  }
  return files;
}
