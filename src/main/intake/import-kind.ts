import { createReadStream } from 'node:fs';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { type ImportReport, importReportSchema, type Micros } from '../../shared/model/index.js';
import { type Choice, choiceSchema } from '../../shared/model/oracle.js';
import { type JobControl, type JobKind, untilAborted } from '../ground/job-kind.js';
import { accountOf } from './account/index.js';
import { documentFolder, isDatabase, linesOf } from './folders.js';
import { importable, importerNamed } from './import-order.js';
import { importSink, type SinkDependencies } from './import-sink.js';
import type { ImportContext, Importer } from './importers/importer.js';
import { detectImporter, importers } from './importers/index.js';
import { decompressed, fileKeyOf, fileNamer, headBytes, peek, readHead } from './importers/reading/input.js';
import { isZip } from './importers/reading/zip.js';
import { likenessMessage, likenessOf } from './importers/unknown.js';
import type { ReadCall } from './read-call.js';
import type { ReadMessages } from './read-messages.js';

const importParamsSchema = z.object({
  sealed_path: z.string().optional(),
  upload: z.string().optional(),
  name: z.string(),
  as: z.string().optional(),
  /** Of a run of the oracle: which of its traces. */
  choice: choiceSchema.optional(),
});
type ImportParams = z.infer<typeof importParamsSchema>;

/** What an import needs where it runs. */
export interface ImportTools extends SinkDependencies {
  readMessages: ReadMessages;
  readCall: ReadCall;
  toolsBeside: NonNullable<ImportContext['toolsBeside']>;
  /** The bytes of a request that is being sent. */
  upload(id: string): AsyncIterable<Uint8Array>;
  openSealed(sealed: string): string;
  /** The sessions in a database that an agent keeps, as it exports them; null where it is no such database. */
  sessionsIn(path: string): Iterable<unknown> | null;
  /** The lines of traces that are chosen of a run's folder. */
  chosenLines(path: string, choice: Choice): AsyncIterable<string>;
}

interface Source {
  name: string;
  size: number | null;
  at: Micros;
  bytes: AsyncIterable<Uint8Array>;
  fileAt?: (path?: string) => string;
  sample?: string;
}

/**
 * Reads a file, or what a request sends, into the journal. The store is the checkpoint: every exchange has an id made of what was
 * read, so an import that was cut off, and is started again, passes over what is stored and goes on behind it.
 */
export const importKind: JobKind<ImportParams, ImportReport, { importing: ImportTools }> = {
  id: 'import',
  title: 'Import',
  params: importParamsSchema,
  result: importReportSchema,
  lane: 'cpu',
  atOnce: 1,
  // A file is there after a restart, an upload is not; the store knows what was taken.
  again: ({ sealed_path }) => sealed_path !== undefined,
  async run(params, control, { importing }) {
    const importer = params.as === undefined ? null : importerNamed(params.as);
    return importSource(await sourceOf(params, importing), importer, importing, control);
  },
};

async function sourceOf({ sealed_path, upload, name, choice }: ImportParams, importing: ImportTools): Promise<Source> {
  if (sealed_path === undefined) {
    return { name, size: null, at: Date.now() * 1000, bytes: importing.upload(upload ?? '') };
  }
  const path = importing.openSealed(sealed_path);
  if (choice !== undefined)
    return {
      ...{ name, size: null, at: Date.now() * 1000 },
      bytes: linesOf(importing.chosenLines(path, choice)),
      ...(choice.sample === undefined ? {} : { sample: choice.sample.name }),
    };
  const file = await importable(path);
  const folder = file.isDirectory() ? await documentFolder(path) : null;
  const sessions = folder === null && (await isDatabase(path)) ? importing.sessionsIn(path) : null;
  const lines = folder ?? (sessions === null ? null : linesOf(sessions));
  return {
    name,
    size: lines === null ? file.size : null,
    at: Date.now() * 1000,
    bytes: lines ?? createReadStream(path, { highWaterMark: 256 * 1024 }),
    fileAt: fileNamer(path),
  };
}

async function importSource(
  source: Source,
  chosen: Importer | null,
  parts: ImportTools,
  control: JobControl,
): Promise<ImportReport> {
  let read = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of eachUntilAborted(source.bytes, control.signal)) {
      read += chunk.length;
      yield chunk;
    }
  }
  const { head, all } = await peek(await decompressed(counted()), headBytes);
  const opened = readHead(source.name, head);
  const importer = chosen ?? detectImporter(opened);
  if (importer === null) {
    const likeness = head.length === 0 ? null : likenessOf(opened);
    throw new SluiceError(
      'import_format_unknown',
      likeness === null ? 'The file is empty.' : likenessMessage(likeness),
      { ...likeness, importers: importers.map(({ id }) => id) },
    );
  }
  if (isZip(head) && importer.packed !== 'zip')
    throw new SluiceError('import_unreadable', 'This is a ZIP archive; unpack it and import the files in it.');
  const context = {
    name: source.name,
    fileKey: fileKeyOf(head, source.size),
    at: source.at,
    readMessages: parts.readMessages,
    readCall: parts.readCall,
    toolsBeside: parts.toolsBeside,
    ...(source.fileAt === undefined ? {} : { fileAt: source.fileAt }),
    ...(source.sample === undefined ? {} : { sample: source.sample }),
  };
  const account = accountOf(opened);
  const sink = importSink(importer.id, source.name, parts, control.signal);
  const report = () => {
    const { taken, skipped_count } = sink.report;
    control.progress(
      source.size ? Math.min(1, read / source.size) : null,
      `${taken.records + taken.exchanges} taken, ${skipped_count} skipped`,
    );
  };
  try {
    try {
      for await (const item of importer.read(account?.reading(all) ?? all, context)) {
        account?.imported(item);
        await sink.add(item);
        report();
      }
    } catch (error) {
      if (control.signal.aborted || !(error instanceof SluiceError) || error.code !== 'import_unreadable') throw error;
      // What could be read before is kept.
      sink.skip(`byte ${read}`, error.message);
    }
    const ended = await sink.end();
    return account === null ? ended : { ...ended, text: account.sum() };
  } finally {
    // Of an import that is cut off this is what is left: so much of it is taken.
    report();
  }
}

/** An upload may stay silent for long: who cancels does not wait for its next byte. */
async function* eachUntilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await untilAborted(iterator.next(), signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // It ends when its next byte comes, or never: nobody waits for it.
    void iterator.return?.()?.catch(() => undefined);
  }
}
