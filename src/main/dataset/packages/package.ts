import type { layoutIds, PackageId, Trace } from '../../../shared/model/index.js';
import type { Listed } from '../../ground/list.js';
import type { Example, ExampleItem } from '../examples/example.js';
import type { ExportSource } from '../source.js';

type LayoutId = (typeof layoutIds)[number];

/** What a package reads beside the trace. */
export type ExampleSource = Pick<ExportSource, 'callMessages' | 'domainOf' | 'labels' | 'trace' | 'verdicts'>;

/** Parts of an example that not every package gives, and that some layouts cannot do without. */
export type ExamplePart = keyof Pick<Example, 'rejected' | 'label' | 'steps' | 'logprobs'>;

/** Which traces and which of their steps become examples, and what a model should have said there. */
export interface Package extends Listed<PackageId> {
  /** One sentence for the dataset card and the export dialog. */
  description: string;
  /** The layout it is written in where none is named. */
  layout: LayoutId;
  /** What its examples have besides the conversation, where it was told. */
  gives: readonly ExamplePart[];
  /** A trace that gives no example says why at least once. Absent: its layout tells traces itself. */
  examples?(trace: Trace, source: ExampleSource): Iterable<ExampleItem>;
}
