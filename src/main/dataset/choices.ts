import { type DatasetChoices, fileFormatIds } from '../../shared/model/index.js';
import type { FileFormat } from './formats/format.js';
import { fileFormats } from './formats/index.js';
import { layouts } from './layouts/index.js';
import type { Layout } from './layouts/layout.js';
import { packages } from './packages/index.js';
import type { Package } from './packages/package.js';
import { problemOf } from './pairs.js';
import { trainers } from './trainers/index.js';
import type { Trainer } from './trainers/trainer.js';

/** What a dataset can be made of, from the lists themselves: the studio keeps no table of its own. */
export function datasetChoices(): DatasetChoices {
  const shapes = Object.values<Layout>(layouts);
  const readers = Object.values<Trainer>(trainers);
  return {
    packages: Object.values<Package>(packages).map(({ id, title, description, layout }) => ({
      id,
      title,
      description,
      layout,
      layouts: shapes.filter((each) => problemOf({ package: id, layout: each.id }) === null).map((each) => each.id),
    })),
    layouts: shapes.map(({ id, title, description, of, choices }) => ({
      id,
      title,
      description,
      of,
      reasoning: [...(choices?.reasoning ?? (['strip'] as const))],
      subagents: [...(choices?.subagents ?? (['own'] as const))],
      trainers: readers.filter((reader) => reader.layouts.includes(id)).map((reader) => reader.id),
    })),
    trainers: readers.map(({ id, title, description, layouts: read }) => ({
      id,
      title,
      description,
      layouts: [...read],
    })),
    formats: fileFormatIds.map((id) => {
      const { title, description, packed, shardMb }: FileFormat = fileFormats[id];
      return {
        id,
        title,
        description,
        compress: Object.keys(packed) as (keyof typeof packed)[],
        shard_mb: shardMb ?? null,
      };
    }),
  };
}
