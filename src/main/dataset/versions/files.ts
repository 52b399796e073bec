import { link, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import {
  builtVersionSchema,
  type DatasetDefinition,
  datasetDefinitionSchema,
  datasetNameSchema,
  trainingRunSchema,
} from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { replaceFile } from '../../ground/replace-file.js';
import { type Claim, type ClaimedOrder, claimNumber } from './claim.js';

/** What is kept of a version beside its data: enough to compare it, whatever becomes of its folder. */
export const versionRecordSchema = builtVersionSchema.extend({
  format_version: z.literal(1),
  /** Folders of its parts; '' where it is one. */
  parts: z.array(z.string()),
  /** Leaks that were found when it was built; the report itself lies where others may write. Absent in records of before. */
  leaks_count: z.int().optional(),
  /** What its policy did with each kind of value. */
  actions: z.record(z.string(), z.string()),
});
export type VersionRecord = z.infer<typeof versionRecordSchema>;

/** A row by its place and its hash when the version was built; runs of before have the place alone. */
const builtRowSchema = z.object({ file: z.string(), row: z.int().nonnegative(), sha256: z.string().optional() });
export type BuiltRow = z.infer<typeof builtRowSchema>;

const runSchema = z.object({
  run_id: z.string(),
  model: z.string(),
  metrics: trainingRunSchema.shape.metrics,
  rows: z.array(builtRowSchema).optional(),
  recorded_at: z.string(),
});
export type RecordedRun = z.infer<typeof runSchema>;

/**
 * Datasets with names, as files: `<name>/definition.json`; of each version `<name>/<version>.json`, where its rows come from in
 * `<name>/<version>/…/provenance.parquet`, its training runs in `<name>/<version>.runs.jsonl`; its data in `<name>/data/<version>/` unless
 * it was given another place.
 */
export function datasetFiles(folder: string) {
  const at = (name: string, ...path: string[]) => join(folder, datasetNameSchema.parse(name), ...path);

  async function definition(name: string): Promise<DatasetDefinition> {
    const text = datasetNameSchema.safeParse(name).success
      ? await readFile(at(name, 'definition.json'), 'utf8').catch(() => null)
      : null;
    const parsed = text === null ? null : datasetDefinitionSchema.safeParse(parseJson(text));
    if (parsed === null) throw new SluiceError('dataset_unknown', `There is no dataset ${name}.`);
    if (!parsed.success)
      throw new SluiceError(
        'validation_failed',
        `The definition of ${name} cannot be read.`,
        parsed.error.issues as never,
      );
    return parsed.data;
  }

  return {
    definition,
    dataOf: (name: string, version: number) => at(name, 'data', String(version)),
    recordOf: (name: string, version: number) => at(name, String(version)),

    async names(): Promise<string[]> {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
    },

    /** Makes the dataset, or gives it another definition: versions that were built stay as they are. */
    async create(name: string, wanted: DatasetDefinition): Promise<void> {
      const parsed = datasetNameSchema.safeParse(name);
      if (!parsed.success)
        throw new SluiceError('usage', `"${name}" is no name for a dataset: ${parsed.error.issues[0]?.message}.`);
      await mkdir(at(name), { recursive: true, mode: 0o700 });
      await replaceFile(at(name, 'definition.json'), textOf(wanted));
    },

    /**
     * Puts what `change` gives in the place of what is written down of a dataset, file by file; how many have changed. Of a version's
     * record the folder of its data stays, or nobody would find it.
     */
    async rewrite(
      name: string,
      change: (text: string) => string,
      definitionOf: (stored: DatasetDefinition) => DatasetDefinition,
    ): Promise<number> {
      let changed = 0;
      const put = async (file: string, before: string, after: string) => {
        if (after === before) return;
        await replaceFile(at(name, file), after);
        changed += 1;
      };
      for (const file of await readdir(at(name)).catch(() => [])) {
        const runs = /^[1-9]\d{0,8}\.runs\.jsonl$/.test(file);
        if (!runs && !/^[1-9]\d{0,8}\.json$/.test(file)) continue;
        const before = await readFile(at(name, file), 'utf8');
        if (runs) await put(file, before, change(before));
        else {
          const { out, ...record } = versionRecordSchema.parse(parseJson(before));
          const text = JSON.stringify(record);
          const after = change(text);
          if (after !== text)
            await put(file, before, `${JSON.stringify({ ...(parseJson(after) as object), out }, null, 2)}\n`);
        }
      }
      const before = await definition(name).catch(() => null);
      if (before === null) return changed;
      const after = definitionOf(before);
      await put('definition.json', textOf(before), textOf(after));
      return changed;
    },

    /** Numbers of the versions that were built, ascending. */
    async versions(name: string): Promise<number[]> {
      const entries = await readdir(at(name)).catch(() => []);
      return entries
        .flatMap((entry) => {
          const found = /^([1-9]\d{0,8})\.json$/.exec(entry)?.[1];
          return found === undefined ? [] : [Number(found)];
        })
        .sort((a, b) => a - b);
    },

    async record(name: string, version: number): Promise<VersionRecord> {
      await definition(name);
      const text = await readFile(at(name, `${version}.json`), 'utf8').catch(() => null);
      const parsed = text === null ? null : versionRecordSchema.safeParse(parseJson(text));
      if (!parsed?.success) throw new SluiceError('dataset_unknown', `${name} has no version ${version}.`);
      return parsed.data;
    },

    /** Every version of every dataset that can be read. */
    async *records(): AsyncGenerator<VersionRecord> {
      for (const name of await this.names())
        for (const version of await this.versions(name)) {
          const text = await readFile(at(name, `${version}.json`), 'utf8').catch(() => null);
          const parsed = text === null ? null : versionRecordSchema.safeParse(parseJson(text));
          if (parsed?.success) yield parsed.data;
        }
    },

    /** The number of the next version, which no other build gets until it is released. */
    async claim(name: string, order: (version: number) => ClaimedOrder, resumed: number | null): Promise<Claim> {
      const claim = await claimNumber(at(name), () => this.versions(name), order, resumed);
      // What a build that was killed had begun to write down.
      await rm(at(name, String(claim.version)), { recursive: true, force: true });
      for (const entry of await readdir(at(name)))
        if (entry.startsWith(`${claim.version}.json.`)) await rm(at(name, entry), { force: true });
      return claim;
    },

    /** Writes a new version down. Throws `dataset_taken` where another build was faster. */
    async add(record: VersionRecord): Promise<void> {
      const path = at(record.name, `${record.version}.json`);
      const draft = `${path}.${process.pid}.draft`;
      await replaceFile(draft, `${JSON.stringify(record, null, 2)}\n`);
      try {
        await link(draft, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        throw new SluiceError(
          'dataset_taken',
          `Another build of ${record.name} made version ${record.version} meanwhile.`,
        );
      } finally {
        await rm(draft, { force: true });
      }
    },

    async runs(name: string, version: number): Promise<RecordedRun[]> {
      const text = await readFile(at(name, `${version}.runs.jsonl`), 'utf8').catch(() => '');
      return text.split('\n').flatMap((line) => runSchema.safeParse(parseJson(line)).data ?? []);
    },

    /** What is told of a run again takes the place of what was. */
    async addRun(name: string, version: number, run: Omit<RecordedRun, 'recorded_at'>): Promise<void> {
      const before = (await this.runs(name, version)).filter(({ run_id }) => run_id !== run.run_id);
      const all: RecordedRun[] = [...before, { ...run, recorded_at: new Date().toISOString() }];
      await replaceFile(at(name, `${version}.runs.jsonl`), all.map((each) => `${JSON.stringify(each)}\n`).join(''));
    },
  };
}
function textOf(definition: DatasetDefinition): string {
  return `${JSON.stringify(definition, null, 2)}\n`;
}
export type DatasetFiles = ReturnType<typeof datasetFiles>;
