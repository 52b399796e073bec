import {
  type ConsentOptions,
  consentOptionsSchema,
  type DatasetChoices,
  type DatasetDefinition,
  type ExportOptions,
  type ExportPolicy,
  type PackageId,
  type TrainerId,
} from '../../../../shared/model/index.js';
import type { Against } from './AgainstFields.js';
import type { ContextLimit } from './ContextFields.js';
import type { FileOptions } from './FileFields.js';
import type { RowChoices } from './RowFields.js';
import { type SplitRow, toRows, toShares } from './split.js';

type LayoutId = ExportOptions['layout'];

/** What is chosen of a dataset, as its editors hold it. */
export interface DatasetDraft extends FileOptions, RowChoices {
  query: string;
  packages: PackageId[];
  layouts: LayoutId[];
  trainer: TrainerId | null;
  /** Null: rows are as long as they are. */
  context: ContextLimit | null;
  /** Null: one file without splits. */
  split: SplitRow[] | null;
  seed: number;
  /** Names of this dataset alone. */
  fresh: boolean;
  policy: ExportPolicy;
  consent: ConsentOptions;
  /** Null: nothing that is written is held against other texts. */
  against: Against | null;
}

export function emptyDraft(query = ''): DatasetDraft {
  return {
    query,
    packages: [],
    layouts: [],
    trainer: null,
    context: null,
    format: 'jsonl',
    compress: null,
    shard_mb: null,
    reasoning: null,
    subagents: null,
    balance: [],
    augment: null,
    forks: null,
    split: null,
    seed: 0,
    fresh: true,
    policy: {},
    consent: consentOptionsSchema.parse({}),
    against: null,
  };
}

/** As the engine takes it; a split with a problem is left out. */
export function definitionOf(draft: DatasetDraft): DatasetDefinition {
  const { trainer, context, compress, shard_mb, reasoning, subagents, balance, augment, forks, ...rest } = draft;
  const { split, fresh, against, ...same } = rest;
  const shares = split === null ? null : toShares(split);
  return {
    ...same,
    ...(trainer !== null && { trainer }),
    ...(context !== null && { context }),
    ...(compress !== null && { compress }),
    ...(shard_mb !== null && { shard_mb }),
    ...(reasoning !== null && { reasoning }),
    ...(subagents !== null && { subagents }),
    ...(balance.length > 0 && { balance }),
    ...(augment !== null && { augment }),
    ...(forks !== null && { forks }),
    ...(shares !== null && { split: shares }),
    ...(against !== null && { against }),
    pseudonyms: fresh ? 'fresh' : 'project',
  };
}

/** What is not chosen here (picked traces) stays as the definition has it. */
export function draftOf(definition: DatasetDefinition): DatasetDraft {
  const empty = emptyDraft(definition.query);
  const { split, pseudonyms, consent, policy, balance, trainer, compress, shard_mb, reasoning, subagents } = definition;
  return {
    ...empty,
    packages: definition.packages,
    layouts: definition.layouts,
    format: definition.format,
    seed: definition.seed,
    trainer: trainer ?? null,
    context: definition.context ?? null,
    compress: compress ?? null,
    shard_mb: shard_mb ?? null,
    reasoning: reasoning ?? null,
    subagents: subagents ?? null,
    balance: balance ?? [],
    augment: definition.augment ?? null,
    forks: definition.forks ?? null,
    split: split === undefined ? null : toRows(split),
    fresh: pseudonyms !== 'project',
    policy: policy ?? {},
    consent: consent ?? empty.consent,
    against: definition.against ?? null,
  };
}

/** What is written: every package in every layout, packages alone in their own. */
export function pairsOf(
  draft: Pick<DatasetDraft, 'packages' | 'layouts'>,
  choices: DatasetChoices,
): { package: PackageId | null; layout: LayoutId }[] {
  const { packages, layouts } = draft;
  if (packages.length === 0) return layouts.map((layout) => ({ package: null, layout }));
  return packages.flatMap((id) => {
    const own = choices.packages.find((each) => each.id === id)?.layout;
    const shapes = layouts.length > 0 ? layouts : own === undefined ? [] : [own];
    return shapes.map((layout) => ({ package: id, layout }));
  });
}
