import type { ChatMessage, Trace } from '../../../shared/model/index.js';
import type { Example, ExampleItem } from '../examples/example.js';
import { type Point, pointsOf } from '../examples/points.js';
import type { ExampleSource } from './package.js';

/**
 * An example for each answer that `choose` takes, with what it adds; `choose` says in a string why an answer is none. Where none is
 * taken, the trace gives each reason once.
 */
export function* atPoints(
  trace: Trace,
  source: ExampleSource,
  choose: (point: Point, conversation: Point['conversation']) => Partial<Example> | string,
): Generator<ExampleItem> {
  const refused = new Set<string>();
  let pointCount = 0;
  for (const point of pointsOf(trace, source)) {
    // What was said is read from the store: once, and only where somebody asks.
    let dialogue: ReturnType<Point['conversation']> | undefined;
    const conversation = () => {
      dialogue ??= point.conversation();
      return dialogue;
    };
    const chosen = choose(point, conversation);
    if (typeof chosen === 'string') {
      refused.add(chosen);
      continue;
    }
    const chosenDialogue = conversation();
    pointCount += 1;
    if (typeof chosenDialogue === 'string') yield { skipped: chosenDialogue };
    else yield { example: exampleAt(point, chosenDialogue, chosen) };
  }
  if (pointCount > 0) return;
  if (refused.size === 0) refused.add('no model conversation');
  for (const reason of refused) yield { skipped: reason };
}

/** The first answer of a point behind all that was said before it. */
export function exampleAt(
  { trace, call }: Point,
  { history, answers }: Exclude<ReturnType<Point['conversation']>, string>,
  more: Partial<Example> = {},
): Example {
  const answer = answers[0] as (typeof answers)[number];
  return {
    trace,
    call,
    messages: [...history, answer],
    expected: history.length,
    context_only: answersIn(history),
    ends_with_calls: endsWithCalls(answer),
    ...more,
  };
}

/** Places of the answers in a context: what was said before an expected output is no part of it. */
export function answersIn(context: readonly ChatMessage[]): Set<number> {
  return new Set(context.flatMap(({ role }, index) => (role === 'assistant' ? [index] : [])));
}

/** Whether an answer waits for tools that the client runs. */
export function endsWithCalls({ parts }: ChatMessage): boolean {
  return parts.some((part) => part.type === 'tool_call' && part.server !== true);
}
