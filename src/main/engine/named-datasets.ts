import type { datasetsContract } from '../../shared/contract/datasets.js';
import type { Handlers } from '../../shared/contract/operation.js';
import type { Job, Json } from '../../shared/model/index.js';
import { buildKind, createDatasets, type ExportSource } from '../dataset/index.js';

/** Carries out what is asked of datasets with names; builds are jobs. */
export function namedDatasets(options: {
  folder: string;
  source: ExportSource;
  startJob(kind: string, title: string, params: Json): Job;
  /** Queries are written down: as they may be stored. */
  typed: { query(typed: string): string };
}): Handlers<typeof datasetsContract> {
  const named = createDatasets(options.folder, options.source);
  return {
    list: named.list,
    create: ({ name, definition }) =>
      named.create(name, { ...definition, query: options.typed.query(definition.query) }),
    versions: ({ name }) => named.versions(name),
    async build({ name, out, allow_leaks }, { actor }) {
      await named.files.definition(name);
      const params = { name, out, actor, allow_leaks };
      return options.startJob(buildKind.id, `Build ${name}`, params as unknown as Json);
    },
    version: ({ name, version }) => named.version(name, version),
    diff: ({ name, version, with: later }) => named.diff(name, version, later),
    addRun: ({ name, version, ...run }) => named.addRun(name, version, run),
  };
}
