import type { Augmentation, AugmenterId, Json } from '../../../shared/model/index.js';
import { dice } from '../../ground/dice.js';
import type { Derivation, Example } from '../examples/example.js';
import type { ExampleLayout, Layout, LayoutItem, RowOptions } from '../layouts/layout.js';
import type { AugmenterSource } from './augmenter.js';
import { derive } from './index.js';

/** Beside the data: what each derived row was made of, and how. */
export const derivedFile = 'augmented.jsonl';

/** What manifest.json says of derived rows. */
export interface AugmentationManifest extends Augmentation {
  /** Derived rows; they count among all rows of the dataset. */
  rows: number;
  by: { [id in AugmenterId]?: number };
  /** Examples that nothing was made of, by reason: of each augmenter that was asked. */
  left_out: { [reason: string]: number };
}

/** The split of the rows that were derived of a split’s examples. */
export function augmentedSplit(split: string): string {
  return `${split}_augmented`;
}

export interface DerivedRow {
  item: Extract<LayoutItem<Json>, { row: Json }>;
  derivation: Derivation;
}

/** Derives rows of examples, never more of a split than its share. */
export function augmenting(options: Augmentation, layout: ExampleLayout, choices: RowOptions, source: AugmenterSource) {
  const rowsBySplit = new Map<string, { real: number; derived: number }>();
  const by = new Map<AugmenterId, number>();
  const left = new Map<string, number>();
  let rows = 0;

  const countsOf = (split: string) => {
    const found = rowsBySplit.get(split) ?? { real: 0, derived: 0 };
    rowsBySplit.set(split, found);
    return found;
  };
  const leave = (id: AugmenterId, reason: string) => {
    const name = `${id}: ${reason}`;
    left.set(name, (left.get(name) ?? 0) + 1);
  };
  /** How many rows may still be derived, for so many that were captured. */
  const roomIn = (split: string) => {
    const { real, derived } = countsOf(split);
    // A share of all rows, not of those that were captured; the rest of a division is no row.
    return Math.floor((real * options.share) / (1 - options.share) + 1e-9) - derived;
  };

  return {
    /** Counts a row as it was captured. */
    real(split: string): void {
      countsOf(split).real += 1;
    },
    /** Counts a row that was derived and written. */
    wrote(split: string, id: AugmenterId): void {
      countsOf(split).derived += 1;
      by.set(id, (by.get(id) ?? 0) + 1);
      rows += 1;
    },
    /** Rows derived of an example, by the first augmenter in its turn that makes some; none where there is no room. */
    of(example: Example, split: string): DerivedRow[] {
      const room = roomIn(split);
      if (room < 1) return [];
      const turn = dice(options.seed, 'turn', example.trace.trace_id, example.call.call_id, example.expected);
      const first = turn.number(options.ids.length);
      let exampleRows: Set<string> | undefined;
      for (let at = 0; at < options.ids.length; at += 1) {
        const id = options.ids[(first + at) % options.ids.length] as AugmenterId;
        for (const made of derive(id, example, options.seed, source)) {
          if ('skipped' in made) {
            leave(id, made.skipped);
            continue;
          }
          exampleRows ??= new Set(plain(layout.rows(example, choices) as Iterable<LayoutItem<Json>>));
          const items = [...(layout.rows(made.example, choices) as Iterable<LayoutItem<Json>>)];
          const derived = items.flatMap((item) => ('row' in item ? [item] : []));
          const derivation = made.example.derived?.at(-1);
          if (derived.length === 0 || derivation === undefined) leave(id, reasonIn(items));
          else if (derived.every(({ row }) => exampleRows?.has(JSON.stringify(row)))) leave(id, noPlace);
          else if (derived.length > room) leave(id, 'it is more rows than the share leaves room for');
          else return derived.map((item) => ({ item, derivation }));
        }
      }
      return [];
    },
    summary(): AugmentationManifest {
      const sorted = <Key extends string>(counts: ReadonlyMap<Key, number>) =>
        Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
      return { ...options, rows, by: sorted(by) as AugmentationManifest['by'], left_out: sorted(left) };
    },
  };
}
export type Augmenting = ReturnType<typeof augmenting>;

const noPlace = 'the layout has no place for what was added';

function plain(items: Iterable<LayoutItem<Json>>): string[] {
  return [...items].flatMap((item) => ('row' in item ? [JSON.stringify(item.row)] : []));
}

function reasonIn(items: readonly LayoutItem<Json>[]): string {
  for (const item of items) if ('skipped' in item) return item.skipped;
  return 'it gives no row';
}

/** Why an order cannot be augmented; null where it can. */
export function augmentationProblem(
  { augment, split }: { augment?: Augmentation | undefined; split?: { [name: string]: number } | undefined },
  layout: Layout,
): string | null {
  if (augment === undefined) return null;
  if (layout.of !== 'examples')
    return `${layout.id} cannot be augmented: it tells what a trace holds, not examples of it.`;
  const names = Object.keys(split ?? {});
  const taken = names.find((name) => names.includes(augmentedSplit(name)));
  return taken === undefined ? null : `${augmentedSplit(taken)} is the split of what is derived of ${taken}.`;
}
