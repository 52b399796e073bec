import type { Json, layoutIds, Trace, TraceShape } from '../../../shared/model/index.js';
import { byId, listOf } from '../../ground/list.js';
import { packages } from '../packages/index.js';
import type { Package } from '../packages/package.js';
import type { ExportSource } from '../source.js';
import { decisions } from './decisions.js';
import { executionTraces } from './execution-trace.js';
import type { Layout, LayoutItem } from './layout.js';
import { openAiChat } from './openai-chat.js';
import { prTelemetry } from './pr-telemetry.js';
import { toolCalls } from './tool-calls.js';
import { traces } from './traces.js';

/** Every layout an export can have. */
export const layouts = byId(
  listOf('layouts', [toolCalls, openAiChat, executionTraces, prTelemetry, decisions, traces]),
) satisfies Record<(typeof layoutIds)[number], Layout>;

/** A trace in a shape that has one row for it; null where it cannot be told in it. Such layouts ask their source nothing. */
export function traceAs(shape: TraceShape, trace: Trace): Json | null {
  for (const item of layouts[shape].rows(trace)) if ('row' in item) return item.row as Json;
  return null;
}

/**
 * The rows of a trace: of the examples of the package that is named, else of the layout's own. A layout or package that throws on one leaves out the rest
 * of it, and the trace says so.
 */
export function* rowsOf(
  layout: Layout,
  trace: Trace,
  source: Pick<ExportSource, 'callMessages'>,
  named: Package | null = null,
): Generator<LayoutItem<Json>> {
  try {
    if (layout.of === 'trace') yield* layout.rows(trace) as Iterable<LayoutItem<Json>>;
    else {
      const pack: Package = named ?? packages[layout.package ?? 'conversations'];
      for (const item of pack.examples(trace, source)) {
        if ('skipped' in item) yield item;
        else yield* layout.rows(item.example) as Iterable<LayoutItem<Json>>;
      }
    }
  } catch (error) {
    // What the source throws is not the layout's fault.
    if (typeof (error as NodeJS.ErrnoException).code === 'string') throw error;
    yield { skipped: 'the layout failed' };
  }
}
