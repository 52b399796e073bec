import type { layoutIds, PackageId, Trace } from '../../../shared/model/index.js';
import type { Listed } from '../../ground/list.js';
import type { ExampleItem } from '../examples/example.js';
import type { ExportSource } from '../source.js';

type LayoutId = (typeof layoutIds)[number];

/** What a package reads beside the trace. */
export type ExampleSource = Pick<ExportSource, 'callMessages'>;

/** Which traces and which of their steps become examples, and what a model should have said there. */
export interface Package extends Listed<PackageId> {
  /** One sentence for the dataset card and the export dialog. */
  description: string;
  /** The layout it is written in where none is named. */
  layout: LayoutId;
  /** Layouts that its examples make sense in, the default among them. */
  layouts: readonly LayoutId[];
  /** A trace that gives no example says why at least once. */
  examples(trace: Trace, source: ExampleSource): Iterable<ExampleItem>;
}
