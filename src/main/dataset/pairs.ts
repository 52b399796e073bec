import { SluiceError } from '../../shared/errors.js';
import type { ExportOptions, layoutIds, PackageId } from '../../shared/model/index.js';
import { augmentationProblem } from './augment/augmenting.js';
import type { FileFormat } from './formats/format.js';
import { fileFormats } from './formats/index.js';
import { layouts } from './layouts/index.js';
import type { Layout } from './layouts/layout.js';
import { packages } from './packages/index.js';
import type { Package } from './packages/package.js';

type LayoutId = (typeof layoutIds)[number];

/** Rows of one layout, of the examples of one package or (null) of what the layout takes by itself. */
export interface Pair {
  package: PackageId | null;
  layout: LayoutId;
}

/**
 * Every named package in every named layout; packages alone stand in their own layouts.
 * @throws SluiceError `usage` where nothing is named, or for a pair without sense, with the reason
 */
export function pairsOf(named: { packages: readonly PackageId[]; layouts: readonly LayoutId[] }): Pair[] {
  const packs = [...new Set(named.packages)];
  const shapes = [...new Set(named.layouts)];
  if (packs.length === 0 && shapes.length === 0)
    throw new SluiceError('usage', 'An export needs a layout (--layout) or a package (--package).');
  const pairs: Pair[] =
    packs.length === 0
      ? shapes.map((layout) => ({ package: null, layout }))
      : packs.flatMap((id) =>
          shapes.length === 0
            ? [{ package: id, layout: packages[id].layout }]
            : shapes.map((layout) => ({ package: id, layout })),
        );
  for (const pair of pairs) {
    const problem = problemOf(pair);
    if (problem !== null) throw new SluiceError('usage', problem);
  }
  return pairs;
}

/** Why the rows of a pair would make no sense; null where they do. */
export function problemOf({ package: id, layout: layoutId }: Pair): string | null {
  if (id === null) return null;
  const pack: Package = packages[id];
  const layout: Layout = layouts[layoutId];
  const fitting = () =>
    Object.values<Layout>(layouts)
      .filter((each) => fits(pack, each))
      .map((each) => each.id)
      .join(', ');
  if (layout.of === 'trace' && layout.package !== id)
    return `${id} as ${layoutId} makes no sense: ${layoutId} tells what a trace holds, not examples of it; it can be written as ${fitting()}.`;
  return fits(pack, layout)
    ? null
    : `${id} as ${layoutId} makes no sense: ${layoutId} needs what ${id} does not give; it can be written as ${fitting()}.`;
}

function fits(pack: Package, layout: Layout): boolean {
  if (pack.examples === undefined || layout.of === 'trace') return layout.package === pack.id;
  return (layout.needs ?? []).every((part) => pack.gives.includes(part));
}

/** Where the files of a pair stand in a dataset of several: `<package>/<layout>`. */
export function folderOf({ package: id, layout }: Pair): string {
  return id === null ? layout : `${id}/${layout}`;
}

/** The order with the kind of file that its layout is written in where that knows one alone, which is one that is not packed. */
export function withOwnFormat(order: ExportOptions): ExportOptions {
  const { format }: Layout = layouts[order.layout];
  return format === undefined ? order : { ...order, format, compress: undefined, shard_mb: undefined };
}

/** Why files cannot be written like this: packed, in a kind that holds no rows of the layout, with derived rows; null where they can. */
export function packingProblem({
  layout,
  format,
  compress,
  augment,
  split,
}: Pick<ExportOptions, 'layout' | 'format' | 'compress' | 'augment' | 'split'>): string | null {
  const shape: Layout = layouts[layout];
  if (format === 'harbor' && shape.format !== format)
    return `${layout} cannot be written as ${format}: only harbor-task can.`;
  const derived = augmentationProblem({ augment, split }, shape);
  if (derived !== null) return derived;
  if (compress === undefined) return null;
  const { packed }: FileFormat = fileFormats[format];
  if (packed[compress] !== undefined) return null;
  return `${format} files cannot be packed with ${compress}: no reader takes them; ${Object.keys(packed).join(' or ')} can.`;
}
