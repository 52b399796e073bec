import { SluiceError } from '../../../shared/errors.js';
import type {
  DatasetDefinition,
  DatasetDiff,
  DatasetDiffRows,
  DatasetList,
  DatasetVersion,
  TrainingRun,
} from '../../../shared/model/index.js';
import type { ExportSource } from '../source.js';
import { builtOf, ordersOf } from './build.js';
import { diffRows, diffVersions } from './diff.js';
import { type DatasetFiles, datasetFiles } from './files.js';
import { joinedRuns, namedRows } from './runs.js';
import { staleRows } from './stale.js';

export { type BuildOrder, buildVersion } from './build.js';
export { buildKind } from './kind.js';
export { previewDefinition } from './preview.js';

/** What somebody made unreadable of one version hides neither the others nor other datasets; asked for by itself it says why. */
function unlessUnreadable(error: unknown): null {
  if (error instanceof SluiceError) return null;
  throw error;
}

/** Datasets with names and their versions, as the command line and the API ask for them. */
export function createDatasets(folder: string, source: ExportSource) {
  const files: DatasetFiles = datasetFiles(folder);

  async function version(name: string, number: number): Promise<DatasetVersion> {
    const definition = await files.definition(name);
    const record = await files.record(name, number);
    const stale = await staleRows(files, record, definition, source);
    const stale_rows = Object.values(stale).reduce((sum, count) => sum + count, 0);
    return { ...builtOf(record), stale_rows, stale, training_runs: await joinedRuns(files, record, source) };
  }

  return {
    files,
    version,
    /** Datasets by their names; `cursor` is the name that the page before ended with. */
    async list(cursor: string | null = null, limit = Number.POSITIVE_INFINITY): Promise<DatasetList> {
      const names = (await files.names()).filter((name) => cursor === null || name > cursor);
      const items: DatasetList['items'] = [];
      for (const name of names.slice(0, limit)) {
        const versions = [];
        for (const number of await files.versions(name)) {
          const known = await version(name, number).catch(unlessUnreadable);
          if (known === null) continue;
          const { rows, created_at, stale_rows, stale } = known;
          versions.push({ version: number, rows, created_at, stale_rows, stale });
        }
        items.push({ name, definition: await files.definition(name).catch(() => null), versions });
      }
      return { items, next_cursor: names.length > limit ? (items.at(-1)?.name ?? null) : null };
    },
    /** Throws `usage` for a pair without sense and for a name that is none. */
    async create(name: string, definition: DatasetDefinition) {
      ordersOf(definition, { name, version: 1, earlier: [] });
      await files.create(name, definition);
      return { name, definition };
    },
    async versions(name: string): Promise<DatasetVersion[]> {
      await files.definition(name);
      const all = [];
      for (const number of await files.versions(name)) {
        const known = await version(name, number).catch(unlessUnreadable);
        if (known !== null) all.push(known);
      }
      return all;
    },
    async diff(name: string, before: number, after: number): Promise<DatasetDiff> {
      return diffVersions(files, await files.record(name, before), await files.record(name, after));
    },
    /** A page of the rows in which they differ. */
    async diffRows(
      name: string,
      before: number,
      after: number,
      page: Parameters<typeof diffRows>[3],
    ): Promise<DatasetDiffRows> {
      return diffRows(files, await files.record(name, before), await files.record(name, after), page);
    },
    /** Throws `validation_failed` where a row is named that the version does not have. */
    async addRun(name: string, number: number, run: TrainingRun): Promise<DatasetVersion> {
      const record = await files.record(name, number);
      const { rows, ...details } = run;
      const used = rows === undefined ? {} : { rows: await namedRows(files, record, rows) };
      await files.addRun(name, number, { ...details, ...used });
      return version(name, number);
    },
  };
}
