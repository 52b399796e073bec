import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErasedExport, Job, Json } from '../../shared/model/index.js';
import { type ExportSource, eraseFromDataset, exportJobKind, layoutsWithoutIds, rowKeysOf } from '../dataset/index.js';
import { eachOf } from '../ground/pages.js';
import { type ErasureParts, subjectExportKind } from '../privacy/index.js';
import { erasureRewriting } from '../redact/index.js';
import type { StoreReader } from '../store/index.js';
import type { LiveRedactor } from './live-redactor.js';

interface Parts {
  reader: Pick<StoreReader, 'jobs' | 'trace'>;
  live: Pick<LiveRedactor, 'rules'>;
  pseudonymKey: Uint8Array;
  /** What rows of datasets are made of. */
  source(): ExportSource;
}

type Eraser = Pick<ErasureParts, 'rowsOf'> & { erase: ErasureParts['eraseExports'] };

/** Erases in the datasets that jobs of this studio wrote, wherever on this machine they were written. */
export function exportEraser({ reader, live, pseudonymKey, source }: Parts): Eraser {
  function* written(): Generator<{ job: Job; out: string }> {
    for (const job of eachOf((cursor) => reader.jobs(cursor, 200))) {
      const out = outOf(job.result);
      const holds = job.kind === exportJobKind || job.kind === subjectExportKind;
      if (holds && job.state === 'done' && out !== null) yield { job, out };
    }
  }

  return {
    async rowsOf(traceIds) {
      const keys: { [layout: string]: string[] } = {};
      for (const layout of layoutsWithoutIds) {
        keys[layout] = traceIds.flatMap((id) => {
          const trace = reader.trace(id);
          return trace === null ? [] : rowKeysOf(layout, trace, source());
        });
      }
      return keys;
    },

    async erase({ erasure_id, traceIds, rows, values, signal }) {
      const rewriting =
        values.length === 0 ? null : erasureRewriting({ policy: live.rules().policy, key: pseudonymKey, values });
      const change = rewriting && ((text: string) => rewriting.text(rewriting.convert(text)).text);
      const done: ErasedExport[] = [];
      for (const { job, out } of written()) {
        signal.throwIfAborted();
        const entry = {
          job_id: job.job_id,
          out: change === null ? out : change(out),
          rows_removed: 0,
          rows_changed: 0,
          files: 0,
        };
        try {
          if (job.kind === subjectExportKind) {
            const there = (await stat(join(out, 'subject.json')).catch(() => null)) !== null;
            await rm(out, { recursive: true, force: true });
            done.push({ ...entry, state: there ? 'deleted' : 'missing', files: there ? 1 : 0 });
            continue;
          }
          if ((await stat(join(out, 'manifest.json')).catch(() => null)) === null) {
            done.push({ ...entry, state: 'missing' });
            continue;
          }
          const rowKeys = new Set(Object.values(rows).flat());
          const erased = await eraseFromDataset(out, { erasure_id, traceIds, rowKeys, change });
          done.push(erased === null ? { ...entry, state: 'clean' } : { ...entry, ...erased, state: 'rewritten' });
        } catch (error) {
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

function outOf(result: Json): string | null {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return null;
  return typeof result.out === 'string' ? result.out : null;
}
