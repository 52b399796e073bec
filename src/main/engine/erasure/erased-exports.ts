import { lstat, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import * as z from 'zod';
import type { ErasedExport, Job } from '../../../shared/model/index.js';
import {
  buildKind,
  datasetFiles,
  type ExportSource,
  eraseFromDataset,
  exportKind,
  layoutsWithoutIds,
  nameKeysOf,
  rowKeysOf,
} from '../../dataset/index.js';
import { eachOf } from '../../ground/pages.js';
import { type RowKeys, subjectExportId } from '../../privacy/index.js';
import { erasureRewriting, type RedactionPolicy } from '../../redact/index.js';
import type { StoreReader } from '../../store/index.js';
import { quoted } from '../live/job-texts.js';

interface Dependencies {
  reader: Pick<StoreReader, 'jobs' | 'trace'>;
  policy(): RedactionPolicy;
  pseudonymKey: Uint8Array;
  /** What rows of datasets are made of. */
  source: ExportSource;
  /** Where datasets with names are. */
  datasetsFolder: string;
}

/** Where a job wrote, and which files. */
const resultSchema = z.object({ out: z.string(), files: z.array(z.object({ name: z.string() })) });

export interface ExportEraser {
  /** Reads what `erase` must know of traces before these are gone. */
  rowsOf(traceIds: readonly string[], signal: AbortSignal): Promise<RowKeys>;
  /** Rewrites every dataset that was written on this machine. */
  erase(erasure: {
    erasure_id: string;
    traceIds: ReadonlySet<string>;
    rows: RowKeys;
    values: readonly string[];
    signal: AbortSignal;
    onDataset(done: number): void;
  }): Promise<ErasedExport[]>;
  /** Takes values out of a text. */
  changeOf(values: readonly string[]): (text: string) => string;
}

/**
 * Erases in the datasets that jobs of this studio wrote and in every version of a dataset with a name, wherever on this machine they
 * were written.
 */
export function exportEraser({ reader, policy, pseudonymKey, source, datasetsFolder }: Dependencies): ExportEraser {
  async function* written(): AsyncGenerator<{ job: Job | null; out: string; fileNames: string[] }> {
    const outFolders = new Set<string>();
    for (const job of eachOf((cursor) => reader.jobs(cursor, 200))) {
      const holds = [exportKind.id, buildKind.id, subjectExportId].includes(job.kind);
      const result = holds && job.state === 'done' ? resultSchema.safeParse(job.result).data : undefined;
      if (result === undefined) continue;
      outFolders.add(result.out);
      yield { job, out: result.out, fileNames: result.files.map(({ name }) => name) };
    }
    for await (const { out, files } of datasetFiles(datasetsFolder).records())
      if (!outFolders.has(out)) yield { job: null, out, fileNames: files.map(({ name }) => name) };
  }

  function changeOf(values: readonly string[]): (text: string) => string {
    const rewriting = erasureRewriting({ policy: policy(), key: pseudonymKey, values });
    return (text) => rewriting.text(rewriting.convert(text)).text;
  }

  /** What is written down of datasets with names beside their data. */
  async function rewriteDefinitions(
    traceIds: ReadonlySet<string>,
    change: ((text: string) => string) | null,
    signal: AbortSignal,
  ): Promise<ErasedExport[]> {
    const named = datasetFiles(datasetsFolder);
    const done: ErasedExport[] = [];
    for (const name of await named.names()) {
      await breathe();
      signal.throwIfAborted();
      const entry = { job_id: null, out: join(datasetsFolder, name), rows_removed: 0, rows_changed: 0, files: 0 };
      try {
        const files = await named.rewrite(name, change ?? ((text) => text), (definition) => {
          const { trace_ids, query } = definition;
          return {
            ...definition,
            ...(trace_ids === undefined ? {} : { trace_ids: trace_ids.filter((id) => !traceIds.has(id)) }),
            query: change === null ? query : quoted(query, change(query)),
          };
        });
        if (files > 0) done.push({ ...entry, files, state: 'rewritten' });
      } catch (error) {
        done.push({
          ...entry,
          state: 'failed',
          reason: (error as NodeJS.ErrnoException).code ?? (error as Error).name,
        });
      }
    }
    return done;
  }

  return {
    changeOf,

    async rowsOf(traceIds, signal) {
      const names: string[] = [];
      const keys: RowKeys = { names, ...Object.fromEntries(layoutsWithoutIds.map((layout) => [layout, []])) };
      for (const id of traceIds) {
        await breathe();
        signal.throwIfAborted();
        const trace = reader.trace(id);
        if (trace === null) continue;
        names.push(...nameKeysOf(trace));
        for (const layout of layoutsWithoutIds) keys[layout]?.push(...rowKeysOf(layout, trace, source));
      }
      return keys;
    },

    async erase({ erasure_id, traceIds, rows, values, signal, onDataset }) {
      const change = values.length === 0 ? null : changeOf(values);
      const done: ErasedExport[] = await rewriteDefinitions(traceIds, change, signal);
      for await (const { job, out, fileNames } of written()) {
        await breathe();
        signal.throwIfAborted();
        onDataset(done.length);
        const entry = {
          job_id: job?.job_id ?? null,
          out: change === null ? out : change(out),
          rows_removed: 0,
          rows_changed: 0,
          files: 0,
        };
        try {
          if (job?.kind === subjectExportId) {
            const there = await deleteSubject(out);
            done.push({ ...entry, state: there ? 'deleted' : 'missing', files: there ? 1 : 0 });
            continue;
          }
          if ((await stat(join(out, 'manifest.json')).catch(() => null)) === null) {
            done.push({ ...entry, state: 'missing' });
            continue;
          }
          const rowKeys = new Set(Object.values(rows).flat());
          const erased = await eraseFromDataset(out, {
            fileNames,
            erasure_id,
            traceIds,
            rowKeys,
            change,
            signal,
            signer: source.signer,
          });
          done.push(erased === null ? { ...entry, state: 'clean' } : { ...entry, ...erased, state: 'rewritten' });
        } catch (error) {
          signal.throwIfAborted();
          done.push({
            ...entry,
            state: 'failed',
            reason: (error as NodeJS.ErrnoException).code ?? (error as Error).name,
          });
        }
      }
      return done;
    },
  };
}

/** Takes what the job wrote and no more: others may have put something of theirs into the folder. */
async function deleteSubject(out: string): Promise<boolean> {
  const [folder, file] = await Promise.all(
    [out, join(out, 'subject.json')].map((path) => lstat(path).catch(() => null)),
  );
  if (!folder?.isDirectory() || !file?.isFile()) return false;
  await rm(join(out, 'subject.json'));
  await rmdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  return true;
}
