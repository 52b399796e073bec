import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble } from '../../src/main/assemble/index.js';
import { layouts, rowsOf } from '../../src/main/dataset/layouts/index.js';
import { readCall, readMessages } from '../../src/main/decode/index.js';
import { importSink } from '../../src/main/intake/import-sink.js';
import type { ImportContext, Importer, ImportItem } from '../../src/main/intake/importers/importer.js';
import { detectImporter } from '../../src/main/intake/importers/index.js';
import { fileKeyOf, fileNamer, headBytes, readHead } from '../../src/main/intake/importers/reading/input.js';
import { openReader, openWriter } from '../../src/main/store/index.js';
import type { CapturedExchange, ImportReport, IntakeRecord, Json, Trace } from '../../src/shared/model/index.js';
import { decoded } from './conversation.js';
import { plainRows } from './traces.js';

type Earlier = (record: IntakeRecord, formerly?: { record: string; trace: string }) => IntakeRecord;

const sealKey = new Uint8Array(32).fill(7);

/** An empty store as a file to begin others with: making its tables takes longer than most imports of a test. */
export function emptyStore(): { file: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'sluice-empty-'));
  const file = join(path, 'sluice.db');
  openWriter(file, { sealKey }).close();
  return { file, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * A store that files are imported into as the engine does it, with nothing to redact.
 * @param empty the file of a store to begin with
 * @param toolsBeside tools of the fields of work that are known
 */
export function importedStore(empty?: string, toolsBeside: ImportContext['toolsBeside'] = () => null) {
  const path = mkdtempSync(join(tmpdir(), 'sluice-imported-'));
  const file = join(path, 'sluice.db');
  if (empty !== undefined) copyFileSync(empty, file);
  const writer = openWriter(file, { sealKey });
  const reader = openReader(file, { sealKey });

  /** @param name its place: files of one folder find each other by it */
  /** `as`: what an earlier version made of a record. */
  async function take(
    bytes: Uint8Array | string,
    name = 'file',
    at = 1_795_000_000_000_000,
    as?: Earlier,
  ): Promise<ImportReport> {
    const whole = Buffer.from(bytes as string);
    const head = whole.subarray(0, headBytes);
    const importer = detectImporter(readHead(name, head)) as Importer | null;
    if (importer === null) throw new Error(`no importer for ${name}`);
    const sink = importSink(
      importer.id,
      name,
      {
        async submitExchanges(exchanges, options) {
          for (const exchange of exchanges) writer.save(assemble(decoded(exchange), writer.lineage));
          options?.written?.(exchanges.length);
        },
        stored: async () => {},
        exchange: (id) => reader.exchange(id, 0),
        traceIdByKey: (key) => reader.traceIdByKey(key),
        hasTrace: (id) => reader.traceSummary(id) !== null,
        consentOf: () => null,
      },
      new AbortController().signal,
    );
    async function* input() {
      yield whole;
    }
    const context = {
      name,
      fileKey: fileKeyOf(head, whole.length),
      at,
      readMessages,
      readCall,
      toolsBeside,
      fileAt: fileNamer(name),
    };
    for await (const item of importer.read(input(), context))
      await sink.add('record' in item && as !== undefined ? asBefore(item, as) : item);
    return sink.end();
  }

  return {
    path: file,
    reader,
    writes: writer.writes,
    take,
    /** Stores what was captured, with nothing to redact. */
    capture: (exchange: CapturedExchange) => writer.save(assemble(decoded(exchange), writer.lineage)),
    /** Oldest first. */
    traces: (): Trace[] => [...reader.iterateTraces('')].reverse(),
    /** Rows of a layout and why there are none, of all traces. */
    rows(layout: keyof typeof layouts): { rows: Json[]; skipped: string[] } {
      const rows: Json[] = [];
      const skipped: string[] = [];
      for (const trace of reader.iterateTraces('')) {
        for (const item of rowsOf(
          layouts[layout],
          trace,
          { ...reader, domainOf: () => null, verdicts: () => [] },
          null,
          plainRows(),
        )) {
          if ('skipped' in item) skipped.push(item.skipped);
          else rows.push(JSON.parse(JSON.stringify(item.row)));
        }
      }
      return { rows, skipped };
    },
    close() {
      reader.close();
      writer.close();
      rmSync(path, { recursive: true, force: true });
    },
    [Symbol.dispose]() {
      this.close();
    },
  };
}

function asBefore({ formerly, ...item }: Extract<ImportItem, { record: unknown }>, as: Earlier): ImportItem {
  return { ...item, record: as(item.record, formerly) };
}

/** Records as a file holds them, one a line. */
export const jsonl = (records: readonly unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
