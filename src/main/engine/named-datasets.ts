import type { datasetsContract } from '../../shared/contract/datasets.js';
import type { Handlers } from '../../shared/contract/operation.js';
import type { Job, Json, LeakOverride, TrainingRun } from '../../shared/model/index.js';
import type { Besides } from '../api/index.js';
import {
  buildKind,
  checkVersion,
  compareRows,
  compareVersions,
  createDatasets,
  datasetChoices,
  type ExportSource,
  findFile,
  hubPush,
  listContents,
  listDatasets,
  noteRun,
  readFigures,
  readFindings,
  readRows,
  readVersion,
  readVersions,
} from '../dataset/index.js';
import type { EngineContext } from './context.js';
import { mayNameFiles } from './live/may-name-files.js';
import type { createWorkThread } from './work/work-thread.js';

/**
 * Carries out what is asked of datasets with names; builds are jobs, and what reads where rows come from runs on the work thread: that
 * may be millions of lines.
 */
export function namedDatasets(options: {
  folder: string;
  source: ExportSource;
  startJob(kind: string, title: string, params: Json): Promise<Job>;
  work: Pick<ReturnType<typeof createWorkThread>, 'step'>;
  /** What is written down is so as it may be stored. */
  typed: {
    query(typed: string): string;
    texts(texts: readonly string[], placement: 'name'): Promise<string[]>;
    asItIs(texts: readonly string[], what: string): void;
  };
  reading: Pick<EngineContext['reading'], 'previewDefinition'>;
}): { datasets: Handlers<typeof datasetsContract>; datasetFiles: Besides['datasetFiles'] } {
  const { work, typed } = options;
  const named = createDatasets(options.folder, options.source);
  const datasets: Handlers<typeof datasetsContract> = {
    choices: datasetChoices,
    preview({ definition }, { principal }) {
      mayNameFiles(definition, principal);
      return options.reading.previewDefinition(definition);
    },
    get: async ({ name }) => ({ name, definition: await named.files.definition(name) }),
    list: ({ cursor = null, limit }) => work.step(listDatasets, { cursor, limit }, {}),
    create: ({ name, definition }) => named.create(name, { ...definition, query: typed.query(definition.query) }),
    versions: ({ name }) => work.step(readVersions, { name }, {}),
    async build({ name, out, allow_leaks }, { actor }) {
      await named.files.definition(name);
      typed.asItIs(out === null ? [] : [out], 'name of the folder');
      typed.asItIs(wordsOf(allow_leaks), 'reason');
      const params = { name, out, actor, allow_leaks };
      return options.startJob(buildKind.id, `Build ${name}`, params as unknown as Json);
    },
    async push({ name, version, repo, allow_leaks, private: isPrivate }, { actor }) {
      await named.files.record(name, version);
      typed.asItIs([repo], 'name of the repository');
      typed.asItIs(wordsOf(allow_leaks), 'reason');
      const params = { name, version, repo, private: isPrivate, actor, allow_leaks };
      return options.startJob(hubPush, `Push ${name} to ${repo}`, params as unknown as Json);
    },
    version: ({ name, version }) => work.step(readVersion, { name, version }, {}),
    check: ({ name, version, trainer = null }) => work.step(checkVersion, { name, version, trainer }, {}),
    findings: ({ code = null, ...asked }) => work.step(readFindings, { code, ...asked }, {}),
    files: ({ name, version }) => work.step(listContents, { name, version }, {}),
    figures: ({ name, version }) => work.step(readFigures, { name, version }, {}),
    rows: (asked) => work.step(readRows, asked, {}),
    diff: ({ name, version, with: later }) => work.step(compareVersions, { name, before: version, after: later }, {}),
    diffRows: ({ name, version, with: later, kind = null, from, limit }) =>
      work.step(compareRows, { name, before: version, after: later, kind, from, limit }, {}),
    addRun: async ({ name, version, ...run }) => work.step(noteRun, { name, version, run: await cleanRun(run) }, {}),
  };
  return { datasets, datasetFiles: (name, version, file) => work.step(findFile, { name, version, file }, {}) };

  /** A training run whose texts hold nothing that may not be stored. */
  async function cleanRun({ run_id, model, metrics, ...rest }: TrainingRun): Promise<TrainingRun> {
    const names = Object.keys(metrics);
    const [id = '', of = '', ...cleaned] = await typed.texts([run_id, model, ...names], 'name');
    const cleanMetrics: TrainingRun['metrics'] = {};
    for (const [index, clean] of cleaned.entries()) {
      // Two names of which the same was left are two figures still.
      let name = clean;
      for (let more = 2; Object.hasOwn(cleanMetrics, name); more += 1) name = `${clean} ${more}`;
      cleanMetrics[name] = metrics[names[index] as string] as number;
    }
    return { ...rest, run_id: id, model: of, metrics: cleanMetrics };
  }
}

/** What somebody says who takes leaks on. */
function wordsOf(override: LeakOverride | null): string[] {
  return override === null ? [] : [override.name, override.reason];
}
