import type { ImportText, IntakeRecord, Json } from '../../../shared/model/index.js';
import type { ImportHead, ImportItem } from '../importers/importer.js';
import { csvRows } from '../importers/reading/csv.js';
import { readTnetstring, type TnetValue, tnetstrings } from '../importers/reading/tnetstring.js';
import { isZip, zipEntries } from '../importers/reading/zip.js';
import { exchangeTexts, type Goes, textOfBytes } from './exchange-texts.js';
import { Feed } from './feed.js';
import { JsonLeaves } from './json-leaves.js';
import { type Leaves, leavesOf } from './leaves.js';
import { TextLedger } from './ledger.js';

/** The account of one file: what it says, what of it was given to the store, and why the rest was not. */
export interface Account {
  /** The file's bytes, read on the way to the importer. */
  reading(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  imported(item: ImportItem): void;
  sum(): ImportText;
}

/** Null for files that hold no texts that could be told apart. */
export function accountOf(head: ImportHead): Account | null {
  const ledger = new TextLedger();
  const stands: Leaves = (text, place) => leavesOf(text, (inner, at) => ledger.stands(inner, at), place);
  const scan = scanner(head, stands);
  if (scan === null) return null;
  return {
    async *reading(bytes) {
      for await (const chunk of bytes) {
        await scan.push(chunk);
        yield chunk;
      }
      await scan.end();
    },
    imported(item) {
      if ('skipped' in item) ledger.passes(item.skipped.where, item.skipped.reason);
      else if ('record' in item) recordTexts(item.record, (text) => ledger.goes(text));
      else if ('exchange' in item) exchangeTexts(item.exchange, (text, otherwise) => ledger.goes(text, otherwise));
    },
    sum: () => ledger.sum(),
  };
}

interface Scanner {
  push(chunk: Uint8Array): Promise<void> | void;
  end(): Promise<void> | void;
}

function scanner({ shape, text, bytes }: ImportHead, stands: Leaves): Scanner | null {
  if (shape !== null) {
    const json = new JsonLeaves(shape === 'lines', stands);
    return { push: (chunk) => json.push(chunk), end: () => json.end() };
  }
  if (isZip(bytes)) return pulled((files) => archiveTexts(files, stands));
  if (/^\d{1,12}:/.test(Buffer.from(bytes.subarray(0, 16)).toString('latin1')))
    return pulled((flows) => flowTexts(flows, stands));
  return text === null ? null : pulled((rows) => csvTexts(rows, stands));
}

/** Reads with a reader that pulls, in step with the importer. */
function pulled(read: (bytes: AsyncIterable<Uint8Array>) => Promise<void>): Scanner {
  const feed = new Feed();
  let over = false;
  // Where the importer gives up, so does this one: what stands behind is not counted.
  const done = read(feed)
    .catch(() => undefined)
    .finally(() => {
      over = true;
      feed.close();
    });
  return {
    push: (chunk) => (over || chunk.length === 0 ? undefined : Promise.race([feed.push(chunk), done])),
    async end() {
      if (!over) void feed.end();
      await done;
    },
  };
}

async function csvTexts(bytes: AsyncIterable<Uint8Array>, stands: Leaves): Promise<void> {
  for await (const row of csvRows(bytes)) {
    if ('problem' in row) continue;
    for (const [name, field] of Object.entries(row.row)) stands(field, `row ${row.number}.${name}`);
  }
}

/** The JSON files of an archive. */
async function archiveTexts(bytes: AsyncIterable<Uint8Array>, stands: Leaves): Promise<void> {
  for await (const entry of zipEntries(bytes)) {
    if (!('bytes' in entry) || !entry.name.endsWith('.json')) continue;
    const json = new JsonLeaves(false, stands);
    json.push(entry.bytes);
    json.end();
  }
}

async function flowTexts(bytes: AsyncIterable<Uint8Array>, stands: Leaves): Promise<void> {
  let number = 0;
  for await (const flow of tnetstrings(bytes)) {
    number += 1;
    if ('bytes' in flow) tnetTexts(readTnetstring(flow.bytes), stands, `flow ${number}`);
  }
}

function tnetTexts(value: TnetValue, stands: Leaves, place: string): void {
  if (typeof value === 'string') stands(value, place);
  else if (value instanceof Uint8Array) stands(textOfBytes(value), place);
  else if (Array.isArray(value))
    for (const [index, entry] of value.entries()) tnetTexts(entry, stands, `${place}[${index}]`);
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value)) tnetTexts(member, stands, `${place}.${name}`);
}

/** What of a record is the file's: its title is made of it, its key and source are ours. */
function recordTexts(record: IntakeRecord, goes: Goes): void {
  const { title: _title, key: _key, ...trace } = record.trace;
  const { key: _, source: _source, ...rest } = record;
  leavesOf({ ...rest, trace } as unknown as Json, (text) => goes(text));
}
