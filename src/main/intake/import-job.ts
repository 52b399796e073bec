import { basename } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import { uuidv7 } from '../../shared/ids.js';
import type { Job, Json } from '../../shared/model/index.js';
import type { Choice } from '../../shared/model/oracle.js';
import { importKind } from './import-kind.js';
import { importable, namedImporter } from './import-order.js';
import { goldTrace } from './importers/gold-trace.js';
import { importers } from './importers/index.js';

/** What imports need of the engine. */
export interface ImportDependencies {
  startJob(kind: string, title: string, params: Json): Promise<Job>;
  settled(jobId: string): Promise<Job | null>;
  /** A file's name as it may be stored. */
  nameOf(file: string): Promise<string>;
  /** What a job needs of a path after a restart, without the path lying on disk. */
  seal(path: string): string;
}

/** Imports as the API offers them; `importKind` reads what they give it, elsewhere. */
export function createImports(parts: ImportDependencies) {
  /** What requests send, as far as it was not read yet. A stream cannot be kept over a restart. */
  const uploads = new Map<string, AsyncIterator<Uint8Array>>();

  function start(
    name: string,
    from: { sealed_path: string } | { upload: string },
    as: string | undefined,
    choice?: Choice,
  ): Promise<Job> {
    return parts.startJob(importKind.id, `Import ${name}`, {
      ...from,
      name,
      ...(as === undefined ? {} : { as }),
      ...(choice === undefined ? {} : { choice }),
    });
  }

  return {
    /** What can be imported. */
    list: () => importers.map(({ id, title, description }) => ({ id, title, description })),

    /** Starts the import of a file on this machine. Throws what is wrong with the path at once. */
    async startFile(path: string, as?: string): Promise<Job> {
      const named = as === undefined ? undefined : await namedImporter(as);
      await importable(path);
      return start(await parts.nameOf(basename(path)), { sealed_path: parts.seal(path) }, named);
    },

    /** Starts the import of what is chosen of a run's folder, which is named so. */
    startRun: async (path: string, name: string, choice: Choice): Promise<Job> =>
      start(await parts.nameOf(name), { sealed_path: parts.seal(path) }, goldTrace.id, choice),

    /** Imports a stream and resolves when all of it was read and stored. */
    async upload(fileName: string, bytes: AsyncIterable<Uint8Array>, as?: string): Promise<Job> {
      const named = as === undefined ? undefined : await namedImporter(as);
      const name = await parts.nameOf(fileName);
      const upload = uuidv7();
      const iterator = bytes[Symbol.asyncIterator]();
      uploads.set(upload, iterator);
      try {
        const job = await start(name, { upload }, named);
        return (await parts.settled(job.job_id)) ?? job;
      } finally {
        uploads.delete(upload);
        // An importer may give up before the end; a stream that is silent ends with its next byte, or never.
        void iterator.return?.()?.catch(() => undefined);
      }
    },

    /** The next bytes of what a request sends; null at its end. Throws `import_unreadable` where it is gone. */
    async uploaded(upload: string): Promise<Uint8Array | null> {
      const iterator = uploads.get(upload);
      if (iterator === undefined) {
        throw new SluiceError('import_unreadable', 'The upload is gone; send the file again.');
      }
      const next = await iterator.next();
      return next.done ? null : next.value;
    },
  };
}
