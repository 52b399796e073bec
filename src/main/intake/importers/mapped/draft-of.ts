import type { Mapping } from '../../../../shared/model/index.js';
import type { JsonObject } from '../fields.js';
import { decompressed } from '../reading/input.js';
import { records } from '../reading/values.js';
import { draftMapping } from './draft.js';
import { mappedImporter } from './index.js';
import { readMapping } from './mapping.js';

/** A mapping drafted from a file's first records, and what it reads of them. */
export interface Draft {
  mapping: Mapping;
  looked: number;
  /** Tool calls. */
  read: number;
  /** Why others are not read, and how often. */
  unread: { [reason: string]: number };
}

/** @throws SluiceError `mapping_invalid` where nothing looks like a tool, `import_unreadable` */
export async function draftOf(input: AsyncIterable<Uint8Array>, name: string, most: number): Promise<Draft> {
  const looked: JsonObject[] = [];
  const unread: Draft['unread'] = {};
  const count = (reason: string) => {
    unread[reason] = (unread[reason] ?? 0) + 1;
  };
  for await (const entry of records(await decompressed(input))) {
    if ('skipped' in entry) count(entry.skipped.reason);
    else looked.push(entry.value);
    if (looked.length === most) break;
  }
  const mapping = draftMapping(looked, name);
  const importer = mappedImporter(readMapping(JSON.stringify(mapping)));
  let read = 0;
  async function* again(): AsyncGenerator<Uint8Array> {
    for (const record of looked) yield Buffer.from(`${JSON.stringify(record)}\n`);
  }
  const readCall = () => {
    throw new TypeError('A mapping reads no body of an API.');
  };
  const context = { name, fileKey: '', at: Date.now() * 1000, readMessages: () => [], readCall };
  for await (const item of importer.read(again(), context)) {
    if ('skipped' in item) count(item.skipped.reason);
    else if ('record' in item && item.record.events?.[0]?.type === 'tool_call') read += 1;
  }
  return { mapping, looked: looked.length, read, unread };
}
