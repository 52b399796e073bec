import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import * as z from 'zod';
import { SluiceError } from '../../shared/errors.js';
import { uuidv7 } from '../../shared/ids.js';
import { type ImportReport, importReportSchema, type Job, type Json, type Micros } from '../../shared/model/index.js';
import type { JobControl, JobKind } from '../ground/job-kind.js';
import { untilAborted } from '../ground/until-aborted.js';
import { importSink, type SinkParts } from './import-sink.js';
import type { Importer } from './importers/importer.js';
import { detectImporter, importerById, importers } from './importers/index.js';
import { decompressed, fileKeyOf, headBytes, peek, readHead } from './importers/reading/input.js';
import type { ReadMessages } from './read-messages.js';

const importJobKind = 'import';

const importParamsSchema = z.object({
  sealed_path: z.string().optional(),
  upload: z.string().optional(),
  name: z.string(),
  as: z.string().optional(),
});
type ImportParams = z.infer<typeof importParamsSchema>;

/** What an import needs of the engine. */
export interface ImportParts extends SinkParts {
  readMessages: ReadMessages;
  startJob(kind: string, title: string, params: Json): Job;
  settled(jobId: string): Promise<Job | null>;
  /** A file's name as it may be stored. */
  nameOf(file: string): Promise<string>;
  /** What a job needs of a path after a restart, without the path lying on disk. */
  sealed: { seal(text: string): string; open(sealed: string): string };
}

interface Source {
  name: string;
  size: number | null;
  at: Micros;
  bytes: AsyncIterable<Uint8Array>;
}

/**
 * Imports as the API offers them. The store is the checkpoint: every exchange has an id made of what was read, so an
 * import that was cut off, and is started again, passes over what is stored and goes on behind it.
 */
export function createImports(parts: ImportParts) {
  /** Uploads whose job waits for its turn. A stream cannot be kept over a restart. */
  const uploads = new Map<string, AsyncIterable<Uint8Array>>();

  async function sourceOf({ sealed_path, upload, name }: ImportParams): Promise<Source> {
    if (sealed_path !== undefined) {
      const path = parts.sealed.open(sealed_path);
      const file = await regularFile(path);
      return {
        name,
        size: file.size,
        at: Math.round(file.mtimeMs * 1000),
        bytes: createReadStream(path, { highWaterMark: 256 * 1024 }),
      };
    }
    const bytes = uploads.get(upload ?? '');
    if (bytes === undefined) throw new SluiceError('import_unreadable', 'The upload is gone; send the file again.');
    return { name, size: null, at: Date.now() * 1000, bytes };
  }

  /** On the main thread: what is read goes to the journal from here, and an upload is a request's own stream. */
  const kind: JobKind<ImportParams, ImportReport> = {
    id: importJobKind,
    title: 'Import',
    params: importParamsSchema,
    result: importReportSchema,
    lane: 'io',
    atOnce: 1,
    async run(params, control) {
      // A file is there after a restart, an upload is not; the store knows what was taken.
      if (params.sealed_path !== undefined) control.checkpoint(null);
      return importSource(await sourceOf(params), params.as === undefined ? null : known(params.as), parts, control);
    },
  };

  return {
    kind,

    /** What can be imported. */
    list: () => importers.map(({ id, title, description }) => ({ id, title, description })),

    /** Starts the import of a file on this machine. Throws what is wrong with the path at once. */
    async startFile(path: string, as?: string): Promise<Job> {
      known(as);
      await regularFile(path);
      const name = await parts.nameOf(basename(path));
      return parts.startJob(importJobKind, `Import ${name}`, {
        sealed_path: parts.sealed.seal(path),
        name,
        ...(as === undefined ? {} : { as }),
      });
    },

    /** Imports a stream and resolves when all of it was read and stored. */
    async upload(given: string, bytes: AsyncIterable<Uint8Array>, as?: string): Promise<Job> {
      known(as);
      const name = await parts.nameOf(given);
      const upload = uuidv7();
      uploads.set(upload, bytes);
      try {
        const job = parts.startJob(importJobKind, `Import ${name}`, {
          upload,
          name,
          ...(as === undefined ? {} : { as }),
        });
        return (await parts.settled(job.job_id)) ?? job;
      } finally {
        uploads.delete(upload);
      }
    },
  };
}

function known(as: string | undefined): Importer | null {
  if (as === undefined) return null;
  const importer = importerById(as);
  if (importer !== null) return importer;
  throw new SluiceError('import_format_unknown', `There is no importer ${as}.`, {
    importers: importers.map(({ id }) => id),
  });
}

async function regularFile(path: string) {
  const found = isAbsolute(path) ? await stat(path).catch(() => null) : null;
  if (found?.isFile()) return found;
  throw new SluiceError('import_unreadable', 'The path names no file that can be read on this machine.');
}

async function importSource(
  source: Source,
  given: Importer | null,
  parts: ImportParts,
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
  const importer = given ?? detectImporter(readHead(source.name, head));
  if (importer === null) {
    throw new SluiceError(
      'import_format_unknown',
      head.length === 0 ? 'The file is empty.' : 'No importer knows this kind of file.',
      {
        importers: importers.map(({ id }) => id),
      },
    );
  }
  const context = {
    name: source.name,
    fileKey: fileKeyOf(head, source.size),
    at: source.at,
    readMessages: parts.readMessages,
  };
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
      for await (const item of importer.read(all, context)) {
        await sink.add(item);
        report();
      }
    } catch (error) {
      if (control.signal.aborted || !(error instanceof SluiceError) || error.code !== 'import_unreadable') throw error;
      // What could be read before is kept.
      sink.skip(`byte ${read}`, error.message);
    }
    return await sink.end();
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
