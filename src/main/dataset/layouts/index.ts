import type { Json, layoutIds, Trace, TraceShape } from '../../../shared/model/index.js';
import { byId, listOf } from '../../ground/list.js';
import type { Example } from '../examples/example.js';
import { packages } from '../packages/index.js';
import type { ExampleSource, Package } from '../packages/package.js';
import { atif } from './atif.js';
import { axolotlChat } from './axolotl-chat.js';
import { axolotlKd } from './axolotl-kd.js';
import { axolotlStepwise } from './axolotl-stepwise.js';
import { bedrock } from './bedrock.js';
import { conversationExample } from './conversation-example.js';
import { decisions } from './decisions.js';
import { executionTraces } from './execution-trace.js';
import { gemini } from './gemini.js';
import { goldTraces } from './gold-trace.js';
import { harborTask } from './harbor-task.js';
import { hermes } from './hermes.js';
import { hfTraces } from './hf-traces.js';
import type { Layout, LayoutItem, RowOptions, RowOrigin } from './layout.js';
import { llamafactorySharegpt } from './llamafactory-sharegpt.js';
import { llamafactoryV1 } from './llamafactory-v1.js';
import { mistral } from './mistral.js';
import { msSwift } from './ms-swift.js';
import { nemoGym } from './nemo-gym.js';
import { openAiChat } from './openai-chat.js';
import { openAiPreference } from './openai-preference.js';
import { openAiRft } from './openai-rft.js';
import { openRlhf } from './openrlhf.js';
import { prTelemetry } from './pr-telemetry.js';
import { prm800k } from './prm800k.js';
import { skyrl } from './skyrl.js';
import { toolCalls } from './tool-calls.js';
import { traces } from './traces.js';
import { trainingExample } from './training-example.js';
import { trlKto } from './trl-kto.js';
import { trlMessagesLayout } from './trl-messages.js';
import { trlPreference } from './trl-preference.js';
import { trlPromptCompletion } from './trl-prompt-completion.js';
import { verlRl } from './verl-rl.js';
import { verlSft } from './verl-sft.js';
import { xlam } from './xlam.js';

/** Every layout an export can have. */
export const layouts = byId(
  listOf('layouts', [
    toolCalls,
    openAiChat,
    openAiPreference,
    openAiRft,
    trlMessagesLayout,
    trlPromptCompletion,
    trlPreference,
    trlKto,
    axolotlChat,
    axolotlStepwise,
    axolotlKd,
    llamafactoryV1,
    llamafactorySharegpt,
    msSwift,
    verlSft,
    verlRl,
    skyrl,
    openRlhf,
    nemoGym,
    hermes,
    xlam,
    mistral,
    gemini,
    bedrock,
    prm800k,
    atif,
    hfTraces,
    harborTask,
    trainingExample,
    conversationExample,
    executionTraces,
    prTelemetry,
    goldTraces,
    decisions,
    traces,
  ]),
) satisfies Record<(typeof layoutIds)[number], Layout>;

/** A trace in a shape that has one row for it; null where it cannot be told in it. Such layouts ask their source nothing. */
export function traceAs(shape: TraceShape, trace: Trace): Json | null {
  for (const item of layouts[shape].rows(trace)) if ('row' in item) return item.row as Json;
  return null;
}

function originOf({ call, decision, other }: Example): RowOrigin {
  return { call_id: decision === undefined ? call.call_id : null, other };
}

/**
 * The rows of a trace: of the examples of the package that is named, else of the layout's own. A layout or package that throws on one leaves out the rest
 * of it, and the trace says so.
 */
export function* rowsOf(
  layout: Layout,
  trace: Trace,
  source: ExampleSource,
  named: Package | null,
  options: RowOptions,
): Generator<LayoutItem<Json>> {
  try {
    if (layout.of === 'trace') yield* layout.rows(trace, options) as Iterable<LayoutItem<Json>>;
    else {
      const pack: Package = named ?? packages[layout.package ?? 'conversations'];
      for (const item of pack.examples?.(trace, source) ?? []) {
        if ('skipped' in item) yield item;
        else {
          const example = { ...item.example, package: pack.id };
          for (const each of layout.rows(example, options) as Iterable<LayoutItem<Json>>)
            yield 'row' in each ? { origin: originOf(example), example, ...each } : each;
        }
      }
    }
  } catch (error) {
    // What the source throws is not the layout's fault.
    if (typeof (error as NodeJS.ErrnoException).code === 'string') throw error;
    yield { skipped: 'the layout failed' };
  }
}
